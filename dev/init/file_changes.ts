// What becomes of the engine's files in a project, by three texts of each: as it was written last (the lock), as it is,
// and as this version has it.
import { join } from "node:path";
import type { Engine } from "./engine.ts";
import { isSameText, sha256, textAt } from "./lock.ts";
import type { Change } from "./write_all.ts";

export interface FileChanges {
  changes: Change[];
  /** Changed here and there: theirs stays, and this version's lies beside it. */
  clashes: string[];
  /** No longer the engine's, and changed by the project: they stay. */
  left: string[];
  /** For the lock. */
  hashes: Record<string, string>;
}

/** `locked` is what the lock says of each file; nothing where there is no lock. */
export async function fileChanges(
  root: string,
  engine: Engine,
  locked: Record<string, string>,
): Promise<FileChanges> {
  const changes: Change[] = [];
  const clashes: string[] = [];
  const left: string[] = [];
  const hashes: Record<string, string> = {};
  for (const [path, text] of engine.files) {
    const there = await textAt(join(root, path));
    const [ours, before] = [await sha256(text), locked[path]];
    // What the project was offered last: only when that changes again is it asked again.
    hashes[path] = ours;
    if (isSameText(there, text)) continue;
    if (there === null || await sha256(there) === before) changes.push({ path, text });
    else if (ours !== before) {
      clashes.push(path);
      changes.push({ path: besideOf(path), text });
    }
  }
  for (const [path, before] of Object.entries(locked)) {
    if (engine.files.has(path)) continue;
    const there = await textAt(join(root, path));
    if (there === null) continue;
    if (await sha256(there) === before) changes.push({ path, text: null });
    else left.push(path);
  }
  return { changes, clashes, left, hashes };
}

/** Where this version's text lies while the project keeps its own. */
export function besideOf(path: string): string {
  return `${path}.new`;
}
