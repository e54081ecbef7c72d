// This repository with its engine in a schema of its own: a copy to run the tests in. What `init` moves is moved here
// by the same functions, and so is what was written for an engine in `public`: the domains' migrations, the tests' SQL.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { migrationFiles } from "../database/migrations.ts";
import { ENGINE_MIGRATIONS } from "../parts.ts";
import {
  engineNames,
  moveConfig,
  moveConstant,
  moveDomainSql,
  moveEngineSql,
  moveTypes,
  schemaPrelude,
} from "./move_schema.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What is not of the repository: what its owner's tools, builds and stacks have left. */
const LEFT_OUT = new Set([".git", "node_modules", "dist", "coverage", ".dev", ".env", ".env.local", ".temp"]);

type Move = (text: string) => string;

/** Writes the copy into `target`, an empty folder. */
export async function writeMovedTree(target: string, schema: string): Promise<void> {
  const moves = await movesTo(schema);
  for await (const path of filesBelow("")) {
    const to = `${target}/${path}`;
    await Deno.mkdir(dirname(to), { recursive: true });
    const move = moves(path);
    if (move === null) await Deno.copyFile(ROOT + path, to);
    else await Deno.writeTextFile(to, move(await Deno.readTextFile(ROOT + path)));
  }
}

/** How a file, named by its path, is moved; null for one that stays what it is. */
async function movesTo(schema: string): Promise<(path: string) => Move | null> {
  const engine = await migrationFiles([ENGINE_MIGRATIONS]);
  const names = engineNames(await Promise.all(engine.map(({ url }) => Deno.readTextFile(url))));
  const own = engine.map(({ url }) => fileURLToPath(url).slice(ROOT.length));
  const files: Record<string, Move> = {
    ...Object.fromEntries(own.map((path) => [path, (text) => moveEngineSql(text, schema)])),
    [own[0] ?? ""]: (text) => schemaPrelude(schema) + moveEngineSql(text, schema),
    "shared/db/schema.ts": (text) => moveConstant(text, schema),
    "shared/db/engine.types.ts": (text) => moveTypes(text, schema),
    "supabase/config.toml": (text) => moveConfig(text, schema),
  };
  const domain: Move = (text) => moveDomainSql(text, schema, names);
  const isDomain = (path: string) => /\.sql$/.test(path) || /^tests\/.*(?<!\.types)\.ts$/.test(path);
  return (path) => files[path] ?? (isDomain(path) ? domain : null);
}

async function* filesBelow(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory, isFile } of Deno.readDir(ROOT + folder)) {
    if (LEFT_OUT.has(name)) continue;
    const path = folder + name;
    if (isDirectory) yield* filesBelow(`${path}/`);
    else if (isFile) yield path;
  }
}
