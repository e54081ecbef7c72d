// What of a project imports engine files that a new version has no longer: with these gone, its functions don't start.
import { dirname, join } from "node:path/posix";
import ts from "typescript";
import { textAt } from "./lock.ts";
import type { Change } from "./write_all.ts";

/** The imports of one function lead to files of this folder alone. */
const FUNCTIONS_FOLDER = "supabase/functions";

/** A sentence for each file that the changes delete and that something which stays imports. */
export async function importRefusals(root: string, changes: readonly Change[]): Promise<string[]> {
  const users = new Map(
    changes.flatMap(({ path, text }): [string, string[]][] => text === null ? [[path, []]] : []),
  );
  if (users.size === 0) return [];
  const after = new Map(changes.map(({ path, text }) => [path, text]));
  for (const path of new Set([...await sourcesBelow(root, FUNCTIONS_FOLDER), ...after.keys()])) {
    const text = after.has(path) ? after.get(path) ?? null : await textAt(join(root, path));
    if (text === null || !SOURCE.test(path)) continue;
    for (const imported of importsOf(path, text)) users.get(imported)?.push(path);
  }
  return [...users].filter(([, by]) => by.length > 0).map(([path, by]) =>
    `${by.sort().join(", ")} ${
      by.length === 1 ? "imports" : "import"
    } ${path}, which this version has no longer. ` +
    "Copy what you use of it into a file of domain/, and import that; docs/adoption.md lists what stays."
  );
}

const SOURCE = /\.(?:[cm]?[jt]s|[jt]sx)$/;

/** What a source imports by a relative path, as paths from the project's root. */
function importsOf(path: string, text: string): Set<string> {
  const { importedFiles } = ts.preProcessFile(text, true, true);
  return new Set(
    importedFiles.map(({ fileName }) => fileName).filter((name) => name.startsWith("."))
      .map((name) => join(dirname(path), name)),
  );
}

async function sourcesBelow(root: string, folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(root, folder))).catch(() => []);
  const found = entries.filter(({ name }) => name !== "node_modules" && !name.startsWith(".")).map(
    async ({ name, isDirectory }) => {
      const path = `${folder}/${name}`;
      return isDirectory ? await sourcesBelow(root, path) : SOURCE.test(name) ? [path] : [];
    },
  );
  return (await Promise.all(found)).flat();
}
