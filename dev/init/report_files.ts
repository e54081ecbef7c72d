// What becomes of each file, by name; what is new as a whole is one line with a count.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { MIGRATIONS_FOLDER, type Site } from "./site.ts";
import type { Change } from "./write_all.ts";

/** The lines for changes that have not been made. */
export function fileLines({ root, lock }: Pick<Site, "root" | "lock">, changes: readonly Change[]): string[] {
  const isThere = (path: string) => existsSync(join(root, path));
  const rows = new Map<string, string[]>();
  for (const { path, text } of changes) {
    const whole = text === null || isThere(path) ? null : newWith(path);
    const what = text === null ? "deleted" : isThere(path) ? "changed" : "new    ";
    const row = `  ${what}  ${whole ?? path}`;
    rows.set(row, [...rows.get(row) ?? [], path]);
  }
  return [...rows].map(([row, [only = "", ...more]]) =>
    more.length === 0 ? `${row.slice(0, 11)}${only}` : `${row}, ${more.length + 1} files`
  );

  /** What is new as a whole, and this file with it: the outermost folder that is not there, the first migrations. */
  function newWith(path: string): string | null {
    let folder: string | null = null;
    for (let at = dirname(path); at !== "." && !isThere(at); at = dirname(at)) folder = `${at}/`;
    if (dirname(path) === MIGRATIONS_FOLDER && lock === null) return `${MIGRATIONS_FOLDER}/…_agent_*.sql`;
    return folder;
  }
}
