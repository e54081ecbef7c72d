// The files of tools of a database's tables, in a folder of a project, and what Deno says of them.
import assert from "node:assert/strict";
import { join } from "node:path";
import postgres from "postgres";
import { decide } from "../../../dev/new_tools/decide.ts";
import { namesFor } from "../../../dev/new_tools/naming.ts";
import { readRelations } from "../../../dev/new_tools/read_catalog.ts";
import { refusals } from "../../../dev/new_tools/refusals.ts";
import { writeTools } from "../../../dev/new_tools/write_tools.ts";

/** Writes a file for each of these tables, not set yet, and gives their paths. */
export async function writeMadeFiles(
  url: string,
  folder: string,
  tables: readonly string[],
): Promise<string[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const relations = await readRelations(sql).finally(() => sql.end());
  await Deno.mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const relation of relations.filter(({ name }) => tables.includes(name))) {
    const names = namesFor(relation.name);
    assert.ok(!("problem" in names), relation.name);
    assert.deepEqual(refusals(relation, { without_rls: false }), []);
    const plan = decide(relation, names, { writes: ["create", "update"] }, relations);
    const path = join(folder, `${relation.name}.ts`);
    await Deno.writeTextFile(path, writeTools(plan, `--table ${relation.name}`));
    paths.push(path);
  }
  assert.equal(paths.length, tables.length);
  return paths;
}

/** Runs Deno on these files. Throws what it says where it does not agree. */
export async function deno(args: readonly string[], cwd: string): Promise<void> {
  const { success, stderr, stdout } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1" },
  }).output();
  const text = new TextDecoder();
  if (!success) {
    throw new Error(
      `deno ${args.slice(0, 3).join(" ")}: ${text.decode(stdout)}${text.decode(stderr)}`.slice(0, 4_000),
    );
  }
}

export const SET = ["--no-config", "--line-width", "110"];
