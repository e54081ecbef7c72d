// Where a project's files of tools lie, and what is in them.
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Project } from "../project/project.ts";
import { stampsAfter } from "../project/stamps.ts";

export interface ToolFiles {
  /** Of the file of tools. */
  path: string;
  /** The same as it is told. */
  told: string;
  /** What stands there; null where nothing does. */
  text: string | null;
}

export async function toolFiles({ domain, agent }: Project, file: string): Promise<ToolFiles> {
  const path = join(domain, "tools", `${file}.ts`);
  return { path, told: relative(agent, path), text: await textOf(path) };
}

/** The text of a file; null where there is none. */
export async function textOf(path: string): Promise<string | null> {
  return await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
}

/** Paths for so many migrations, each after every one that there is and not before now. */
export async function migrationPaths(
  { migrations }: Project,
  names: readonly string[],
  now: Date,
): Promise<string[]> {
  const folder = migrations.at(-1)?.folder;
  if (folder === undefined) throw new Error("Cannot name a migration: the project has no folder for them");
  const path = fileURLToPath(folder);
  const versions: string[] = [];
  for await (const { name } of Deno.readDir(path)) {
    const version = /^(\d+)_.*\.sql$/.exec(name)?.[1];
    if (version !== undefined) versions.push(version);
  }
  const stamps = stampsAfter(versions.toSorted().at(-1), now, names.length);
  if ("problem" in stamps) throw new Error(stamps.problem);
  return names.map((name, at) => join(path, `${stamps[at]}_agent_tools_${name}.sql`));
}
