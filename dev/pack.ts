// `deno task pack`: writes the client as the packages that npm and JSR take. Neither is published by it.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { jsrFiles } from "./pack/jsr_package.ts";
import { npmFiles } from "./pack/npm_package.ts";
import { plainSources, type Sources } from "./pack/plain_sources.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const DIST = join(ROOT, "dist/client");

/** Writes both packages below `folder`, of which nothing else is left. */
export async function pack(folder: string): Promise<{ npm: string; jsr: string }> {
  const packages = { npm: join(folder, "npm"), jsr: join(folder, "jsr") };
  await Deno.remove(folder, { recursive: true }).catch(() => {});
  const sources = await plainSources();
  await write(packages.npm, npmFiles(sources));
  await write(packages.jsr, jsrFiles(sources));
  await formatted(packages.jsr);
  return packages;
}

async function write(folder: string, files: Sources): Promise<void> {
  for (const [path, text] of files) {
    await Deno.mkdir(dirname(join(folder, path)), { recursive: true });
    await Deno.writeTextFile(join(folder, path), text);
  }
  await Deno.copyFile(join(ROOT, "LICENSE"), join(folder, "LICENSE"));
  await Deno.copyFile(join(ROOT, "client/README.md"), join(folder, "README.md"));
}

/** Types that were written out stand in one line before. */
async function formatted(folder: string): Promise<void> {
  const args = ["fmt", "--quiet", "--no-config", "--line-width", "110", "."];
  const { success } = await new Deno.Command(Deno.execPath(), { args, cwd: folder }).output();
  if (!success) throw new Error(`Cannot format ${folder}`);
}

if (import.meta.main) {
  const { npm, jsr } = await pack(DIST);
  console.log(
    `For npm: ${npm}\n  cd ${npm} && npm pack\nFor JSR: ${jsr}\n  cd ${jsr} && deno publish --dry-run`,
  );
}
