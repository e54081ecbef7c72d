// A project that has the engine and tables of its own, for `deno task new-tools`: the engine's files are this
// repository's, and its database is there already.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import postgres from "postgres";
import { BLANK_DOMAIN } from "../../../dev/init/blank_domain.ts";
import { runNewTools } from "../../../dev/new_tools/run_new_tools.ts";
import { bareProject } from "../projects/bare_project.ts";
import { freshDatabase } from "../stack/stack.ts";

const ENGINE = fileURLToPath(new URL("../../../shared/", import.meta.url));

/** Made of SQL that is run in schema public, beside the engine. Use with `await using`. */
export async function adoptedProject(sql: string) {
  const project = await bareProject({ config: "", engine_schema: "public" });
  const agent = join(project.root, "supabase/functions/_agent");
  await copyEngine("", agent);
  for (const [path, text] of BLANK_DOMAIN) await project.write(path, text);
  await project.write("supabase/migrations/20250101000000_own.sql", sql);
  const { url, drop } = await freshDatabase();
  await run(url, sql);
  return {
    root: project.root,
    agent,
    url,
    /** Runs SQL in the project's database. */
    run: async (statements: string) => void await run(url, statements),
    rows: (query: string) => run(url, query),
    read: (path: string) => Deno.readTextFile(join(project.root, path)),
    write: project.write,
    /** All files of the project's own, by their path. */
    files: () =>
      filesBelow(project.root, "", [...ENGINE_ROOMS].map((room) => join("supabase/functions/_agent", room))),
    /** What the command prints, and what it ends with. */
    async newTools(...flags: string[]) {
      const lines: string[] = [];
      const code = await runNewTools(["--into", project.root, "--db-url", url, ...flags], {
        ...{ server_url: undefined, now: new Date("2026-11-26T10:00:00Z") },
        line: (words) => void lines.push(words),
      });
      return { code, output: lines.join("\n") };
    },
    async [Symbol.asyncDispose]() {
      await project[Symbol.asyncDispose]();
      await drop();
    },
  };
}

async function run(url: string, statements: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return [...await sql.unsafe(statements)];
  } finally {
    await sql.end();
  }
}

/** What tools stand on. */
const ENGINE_ROOMS = new Set(["async", "contracts", "db", "agents", "tools"]);

async function copyEngine(folder: string, target: string): Promise<void> {
  await Deno.mkdir(join(target, folder), { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(join(ENGINE, folder))) {
    if (folder === "" && !ENGINE_ROOMS.has(name)) continue;
    const path = join(folder, name);
    if (isDirectory) await copyEngine(path, target);
    else await Deno.copyFile(join(ENGINE, path), join(target, path));
  }
}

async function filesBelow(root: string, folder: string, without: string[]): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(join(root, folder))) {
    const path = join(folder, name);
    if (without.includes(path)) continue;
    if (isDirectory) Object.assign(found, await filesBelow(root, path, without));
    else found[path] = await Deno.readTextFile(join(root, path));
  }
  return found;
}
