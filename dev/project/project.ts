// A project that has the engine: this repository, or one that `deno task init` wrote it into. Where its parts lie is
// told here once.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { MigrationFolder } from "../database/migrations.ts";
import { readLock } from "../init/lock.ts";
import { ENGINE_SCHEMA } from "../../shared/db/schema.ts";
import { readProjectConfig } from "./project_config.ts";
import { seedFiles } from "./seed_files.ts";

/** All paths are absolute. */
export interface Project {
  root: string;
  /** The folder `supabase` in it. */
  supabase: string;
  /** The engine's files. */
  agent: string;
  /** What its functions are started with. */
  deno_config: string;
  /** The folder of `domain.ts`. */
  domain: string;
  /** Its own, and before them what the platform gives away by default. */
  migrations: MigrationFolder[];
  /** Files of rows, in order. They may name the demo user's address: that user has signed up before. */
  seeds: URL[];
  /** The schemas that its API serves. */
  schemas: string[];
  /** Where the engine's tables are. */
  engine_schema: string;
}

const ROOT = fileURLToPath(new URL("../../", import.meta.url)).replace(/\/$/, "");

const EXPOSED: MigrationFolder = { folder: new URL("../database/new_tables/", import.meta.url) };

/** This repository, whose domain is the demo workspace. Its seed waits for the demo user, so the CLI leaves it out. */
export const REPOSITORY: Project = {
  root: ROOT,
  supabase: join(ROOT, "supabase"),
  agent: join(ROOT, "shared"),
  deno_config: join(ROOT, "deno.json"),
  domain: join(ROOT, "shared/domain"),
  migrations: [{ folder: folderUrl(join(ROOT, "supabase/migrations")) }],
  // Another domain in the place of the demo workspace may have none.
  seeds: [join(ROOT, "supabase/seed.sql")].filter((path) => existsSync(path)).map((path) =>
    pathToFileURL(path)
  ),
  schemas: [...new Set(["public", ENGINE_SCHEMA])],
  engine_schema: ENGINE_SCHEMA,
};

/**
 * The project in `dir`, or this repository. A relative path begins in the folder `from`: a task runs in the folder of
 * deno.json, whoever calls it from where. Errors: it is no project, or the engine is not in it.
 */
export async function projectAt(
  dir?: string,
  from = Deno.env.get("INIT_CWD") ?? Deno.cwd(),
): Promise<Project> {
  if (dir === undefined) return REPOSITORY;
  const root = await Deno.realPath(resolve(from, dir)).catch(() => {
    throw new Error(`There is no folder ${resolve(from, dir)}.`);
  });
  if (root === await Deno.realPath(ROOT)) return REPOSITORY;
  const supabase = join(root, "supabase");
  const config = await configOf(supabase);
  const lock = await readLock(root);
  if (lock === null) {
    throw new Error(`There is no engine in ${root}. Write it there first: deno task init --into ${dir}`);
  }
  const agent = join(supabase, "functions/_agent");
  return {
    ...{ root, supabase, agent },
    deno_config: join(agent, "deno.json"),
    domain: join(agent, "domain"),
    migrations: [
      ...(config.new_tables === "exposed" ? [EXPOSED] : []),
      { folder: folderUrl(join(supabase, "migrations")) },
    ],
    seeds: (await seedFiles(supabase, config.seed_paths)).map((path) => pathToFileURL(path)),
    schemas: config.schemas,
    engine_schema: lock.schema,
  };
}

async function configOf(supabase: string) {
  const path = join(supabase, "config.toml");
  return await readProjectConfig(path).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`There is no ${path}: name the folder of a Supabase project, in which supabase/ is.`);
  });
}

function folderUrl(path: string): URL {
  return pathToFileURL(`${path}/`);
}
