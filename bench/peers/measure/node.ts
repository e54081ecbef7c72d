// The Node that the peers and the model run on, and the peers' packages, both from npm.
import { createHash } from "node:crypto";
import { join } from "node:path/posix";
import { npm } from "../../../dev/cli/node_npm.ts";
import { npmPlatform, npmProgram } from "../../../dev/cli/npm_program.ts";
import { denoEnvironment } from "../../../dev/process/environment.ts";

export const NODE_VERSION = "24.21.0";

export function nodeProgram(): Promise<string> {
  return npmProgram({ package_name: `node-${npmPlatform()}`, version: NODE_VERSION, path: "bin/node" });
}

/** The whole environment of a process on Node. */
export function nodeEnvironment(more: Record<string, string> = {}): Record<string, string> {
  return { ...denoEnvironment(), NODE_ENV: "production", ...more };
}

/** Brings the packages that the folder's lock file names, if they are not there yet. No install script runs. */
export async function installPackages(folder: string): Promise<void> {
  const lock = await Deno.readTextFile(join(folder, "package-lock.json"));
  const print = createHash("sha256").update(lock).digest("hex");
  const mark = join(folder, "node_modules", ".installed");
  if (await Deno.readTextFile(mark).catch(() => "") === print) return;
  const args = ["ci", "--ignore-scripts", "--no-fund", "--no-audit", "--loglevel=error"];
  const command = await npm(args, { cwd: folder }, { stdout: "null", stderr: "piped" });
  const { success, stderr } = await command.output();
  if (!success) {
    throw new Error(`The packages of ${folder} did not come:\n${new TextDecoder().decode(stderr)}`);
  }
  await Deno.writeTextFile(mark, print);
}

/** The versions of packages that are installed in a folder. */
export async function versionsIn(folder: string, names: readonly string[]): Promise<Record<string, string>> {
  const versions: Record<string, string> = {};
  for (const name of names) {
    const file = join(folder, "node_modules", name, "package.json");
    versions[name] = JSON.parse(await Deno.readTextFile(file)).version;
  }
  return versions;
}

/** How much disk a folder takes, by the sizes of its files. */
export async function folderMb(folder: string): Promise<number> {
  let bytes = 0;
  const visit = async (path: string): Promise<void> => {
    for await (const { name, isDirectory, isFile } of Deno.readDir(path)) {
      if (isDirectory) await visit(join(path, name));
      else if (isFile) bytes += (await Deno.lstat(join(path, name))).size;
    }
  };
  await visit(folder);
  return bytes / 2 ** 20;
}
