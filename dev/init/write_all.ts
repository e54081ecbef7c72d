// Several changes of files, of which all are made or none: texts are written aside first, and what has been put in its
// place is taken back when a later one fails. A process that dies in between leaves the changes up to there, each file
// whole; so what a repetition goes by is written last.
import { dirname, join } from "node:path";
import { textAt } from "./lock.ts";

export interface Change {
  /** From the root. */
  path: string;
  /** Null deletes the file. */
  text: string | null;
}

/** Where texts wait; on the same disk as what they replace. */
const ASIDE = "supabase/.agent-init";

/** Makes the changes below `root`, in this order. Folders that become empty go with their last file. */
export async function writeAll(root: string, changes: readonly Change[]): Promise<void> {
  const aside = join(root, ASIDE);
  await using done = new AsyncDisposableStack();
  await using undo = new AsyncDisposableStack();
  await Deno.remove(aside, { recursive: true }).catch(() => {});
  await Deno.mkdir(aside);
  done.defer(() => Deno.remove(aside, { recursive: true }));
  for (const [at, { text }] of changes.entries()) {
    if (text !== null) await Deno.writeTextFile(join(aside, String(at)), text);
  }
  for (const [at, change] of changes.entries()) {
    if (change.text === null) await deleteFile(root, change.path, undo);
    else await putFile(join(aside, String(at)), await place(root, change.path), undo);
  }
  // All is in place: nothing is taken back.
  undo.move();
  for (const { path, text } of changes) {
    if (text === null) await removeEmpty(root, dirname(path));
  }
}

async function putFile(from: string, to: string, undo: AsyncDisposableStack): Promise<void> {
  const before = await textAt(to);
  if (before === null) await makeFolder(dirname(to), undo);
  else await Deno.chmod(from, (await Deno.stat(to)).mode ?? 0o644);
  await Deno.rename(from, to);
  undo.defer(() => before === null ? Deno.remove(to) : Deno.writeTextFile(to, before));
}

async function deleteFile(root: string, path: string, undo: AsyncDisposableStack): Promise<void> {
  const file = join(root, path);
  const before = await textAt(file);
  if (before === null) return;
  await Deno.remove(file);
  undo.defer(() => Deno.writeTextFile(file, before));
}

/** A file that is a link is changed where it is. */
async function place(root: string, path: string): Promise<string> {
  const file = join(root, path);
  return await Deno.realPath(file).catch(() => file);
}

async function makeFolder(folder: string, undo: AsyncDisposableStack): Promise<void> {
  if (await Deno.stat(folder).then(({ isDirectory }) => isDirectory, () => false)) return;
  await makeFolder(dirname(folder), undo);
  await Deno.mkdir(folder);
  undo.defer(() => Deno.remove(folder));
}

/** Removes a folder below `supabase/` and those around it, as far as they are empty. */
async function removeEmpty(root: string, folder: string): Promise<void> {
  for (let path = folder; path.startsWith("supabase/"); path = dirname(path)) {
    try {
      await Deno.remove(join(root, path));
    } catch {
      return;
    }
  }
}
