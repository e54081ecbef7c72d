// A project on disk and an engine of a few files, for tests of what init does to files.
import { dirname, join } from "node:path";
import type { Engine } from "../../../dev/init/engine.ts";
import { planWrite, type Wish, type WritePlan } from "../../../dev/init/plan_write.ts";
import { readSite, type Site } from "../../../dev/init/site.ts";
import { writeAll } from "../../../dev/init/write_all.ts";

export const NOW = new Date("2026-12-01T10:00:00Z");

export const OLD_CONFIG = `project_id = "crm"

[api]
# What the app reads.
schemas = ["public", "graphql_public"]
`;

export const THEIRS = {
  "supabase/config.toml": OLD_CONFIG,
  "supabase/migrations/20240101000000_customers.sql":
    "create table public.customers (id uuid primary key);\n",
  "supabase/functions/hello/index.ts": "export default {};\n",
  "package.json": "{}\n",
};

export interface SmallProject extends AsyncDisposable {
  root: string;
  /** Every file with its text. */
  files(): Record<string, string>;
  write(path: string, text: string): void;
  site(): Promise<Site>;
}

/** A folder with these files. Use with `await using`. */
export async function smallProject(files: Record<string, string> = THEIRS): Promise<SmallProject> {
  const root = await Deno.realPath(await Deno.makeTempDir({ prefix: "project-" }));
  const write = (path: string, text: string) => {
    Deno.mkdirSync(dirname(join(root, path)), { recursive: true });
    Deno.writeTextFileSync(join(root, path), text);
  };
  for (const [path, text] of Object.entries(files)) write(path, text);
  return {
    ...{ root, write },
    files: () =>
      Object.fromEntries([...below(root, "")].map((path) => [path, Deno.readTextFileSync(join(root, path))])),
    async site() {
      const site = await readSite(root, "/");
      if ("problem" in site) throw new Error(site.problem);
      return site;
    },
    [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }),
  };
}

function* below(root: string, folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(root, folder))) {
    const path = join(folder, name);
    if (isDirectory) yield* below(root, path);
    else yield path;
  }
}

/** An engine of two files and two migrations, changed as a test wants it. */
export function smallEngine(changes: Partial<Engine> & { put?: Record<string, string | null> } = {}): Engine {
  const files = new Map([
    ["supabase/functions/_agent/a.ts", "// a\n"],
    ["supabase/functions/_agent/b.ts", "// b\n"],
    ["supabase/functions/agent-planner/index.ts", "// planner\n"],
  ]);
  for (const [path, text] of Object.entries(changes.put ?? {})) {
    if (text === null) files.delete(path);
    else files.set(path, text);
  }
  return {
    ...{ version: "0.1.0", schema: "agent", files },
    migrations: [{ name: "foundation", sql: "create schema agent;\n" }, {
      name: "runs",
      sql: "create table agent.agent_runs (id uuid);\n",
    }],
    ...changes,
  };
}

/** What init plans, where no name is taken. */
export async function planned(
  project: SmallProject,
  engine: Engine,
  wish: Partial<Omit<Wish, "site" | "engine">> = {},
): Promise<WritePlan | { refusals: string[] }> {
  return await planWrite({
    ...{ site: await project.site(), engine, keep: false, now: NOW, takenOf: () => Promise.resolve([]) },
    ...wish,
  });
}

/** Plans and writes; throws on refusals. */
export async function written(
  project: SmallProject,
  engine: Engine,
  wish: Partial<Omit<Wish, "site" | "engine">> = {},
): Promise<WritePlan> {
  const plan = await planned(project, engine, wish);
  if ("refusals" in plan) throw new Error(plan.refusals.join("\n"));
  if (plan.changes.length > 0) await writeAll(project.root, plan.changes);
  return plan;
}

/** Makes a link, which tests may not do themselves. */
export async function link(target: string, path: string): Promise<void> {
  const { success } = await new Deno.Command("ln", { args: ["-s", target, path] }).output();
  if (!success) throw new Error(`Cannot link ${path} to ${target}`);
}
