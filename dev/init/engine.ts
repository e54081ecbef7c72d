// What this version of the engine writes into a project: its files and its migrations, in the schema of the project's
// choice.
import { relative } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { VERSION } from "../../shared/version.ts";
import { migrationFiles } from "../database/migrations.ts";
import { ENGINE_MIGRATIONS } from "../parts.ts";
import { moveConstant, moveEngineSql, moveTypes, schemaPrelude } from "../schema/move_schema.ts";
import { configOfImports } from "./engine_config.ts";

export interface EngineMigration {
  /** What it is called here: its place among the others is the project's to choose. */
  name: string;
  sql: string;
}

export interface Engine {
  version: string;
  schema: string;
  /** By path from the project's root. */
  files: ReadonlyMap<string, string>;
  /** In the order in which they run. */
  migrations: readonly EngineMigration[];
}

/** This repository. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

export const AGENT_FOLDER = "supabase/functions/_agent";
export const FUNCTIONS = ["agent-planner", "agent-executor"] as const;
export type FunctionName = typeof FUNCTIONS[number];

/** Reads this version of the engine, moved to `schema`. */
export async function readEngine(schema: string): Promise<Engine> {
  const files = new Map<string, string>();
  for (const path of [...filesIn("shared")].filter((path) => !path.startsWith("shared/domain/"))) {
    files.set(`${AGENT_FOLDER}/${relative("shared", path)}`, moved(path, await textOf(path), schema));
  }
  for (const path of FUNCTIONS.flatMap((name) => [...filesIn(`supabase/functions/${name}`)])) {
    files.set(path, (await textOf(path)).replaceAll('"../../../shared/', '"../_agent/'));
  }
  const config = configOfImports([...files.values()], await textOf("deno.json"));
  files.set(`${AGENT_FOLDER}/deno.json`, config);
  return {
    version: VERSION,
    schema,
    files: new Map([...files].sort(([a], [b]) => a < b ? -1 : 1)),
    migrations: await movedMigrations(schema),
  };
}

async function movedMigrations(schema: string): Promise<EngineMigration[]> {
  const files = await migrationFiles([ENGINE_MIGRATIONS]);
  return await Promise.all(files.map(async ({ name, url }, at) => {
    const sql = moveEngineSql(await Deno.readTextFile(url), schema);
    const prelude = at === 0 ? schemaPrelude(schema) : "";
    return { name, sql: prelude === "" ? sql : `${prelude.trimEnd()}\n\n${sql}` };
  }));
}

/** Two files know the schema: the constant, and the key of the generated types. */
function moved(path: string, source: string, schema: string): string {
  if (path === "shared/db/schema.ts") return moveConstant(source, schema);
  if (path === "shared/db/engine.types.ts") return moveTypes(source, schema);
  return source;
}

function textOf(path: string): Promise<string> {
  return Deno.readTextFile(`${ROOT}${path}`);
}

/** The sources below a folder, as paths from the repository's root. */
function* filesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(`${ROOT}${folder}`)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* filesIn(path);
    else if (name.endsWith(".ts")) yield path;
  }
}
