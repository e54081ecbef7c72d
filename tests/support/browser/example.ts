// An example as a newcomer builds it: installed from npm with the packed client, its types checked, bundled, on Node 22.
import { tmpdir } from "node:os";
import { dirname } from "node:path/posix";
import { fileURLToPath } from "node:url";
import { npm } from "../../../dev/cli/node_npm.ts";
import { pack } from "../../../dev/pack.ts";
import { serveFiles, type StaticSite } from "./serve_static.ts";

const EXAMPLES = fileURLToPath(new URL("../../../examples/", import.meta.url));
/** Stand in what is built, which is the same for every stack, until a page is served. */
const [URL_HERE, KEY_HERE] = ["https://url.example", "key-of-the-example"];

export interface BuiltExample {
  /** What the type check and the bundler said. */
  output: string;
  /** By path, with a place for the stack's address and key. */
  files: Readonly<Record<string, string>>;
}

/** Fetches what it needs, once for all of its builds. */
export async function installExample(name: string): Promise<{ build(): Promise<BuiltExample> }> {
  const source = `${EXAMPLES}${name}`;
  const { dependencies, ...package_json } = JSON.parse(await Deno.readTextFile(`${source}/package.json`));
  const [client = ""] = Object.keys(dependencies).filter((one) => dependencies[one].startsWith("file:"));
  delete dependencies[client];
  const wanted = JSON.stringify({ ...package_json, dependencies });
  const installed = `${tmpdir()}/agents-example-${await hashOf(wanted)}`;
  if (!await exists(installed)) await install(wanted, installed);

  async function build(): Promise<BuiltExample> {
    const folder = await Deno.makeTempDir({ prefix: `example-${name}-` });
    try {
      await run(new Deno.Command("cp", { args: ["-r", `${source}/.`, folder] }));
      await run(new Deno.Command("rm", { args: ["-rf", `${folder}/node_modules`, `${folder}/dist`] }));
      await run(new Deno.Command("cp", { args: ["-al", `${installed}/node_modules`, folder] }));
      const packed = await pack(`${folder}/packed`);
      await Deno.mkdir(dirname(`${folder}/node_modules/${client}`), { recursive: true });
      await Deno.rename(packed.npm, `${folder}/node_modules/${client}`);
      const env = { VITE_SUPABASE_URL: URL_HERE, VITE_SUPABASE_PUBLISHABLE_KEY: KEY_HERE };
      const output = await run(await npm(["run", "build"], { cwd: folder, env }));
      return { output, files: await filesIn(`${folder}/dist`) };
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  }

  let built: Promise<BuiltExample> | undefined;
  return { build: () => built ??= build() };
}

/** Serves what was built, as an app of this stack. Use with `await using`. */
export function serveExample(
  { files }: BuiltExample,
  stack: { url: string; publishable_key: string },
): StaticSite {
  const here = (text: string) =>
    text.replaceAll(URL_HERE, stack.url).replaceAll(KEY_HERE, stack.publishable_key);
  return serveFiles(Object.fromEntries(Object.entries(files).map(([path, text]) => [path, here(text)])));
}

/** Whole or not at all: another process may be installing as well. */
async function install(package_json: string, folder: string): Promise<void> {
  const staging = await Deno.makeTempDir({ prefix: "agents-example-" });
  await Deno.writeTextFile(`${staging}/package.json`, package_json);
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts"];
  await run(await npm(args, { cwd: staging }));
  try {
    await Deno.rename(staging, folder);
  } catch (error) {
    await Deno.remove(staging, { recursive: true });
    if (!await exists(folder)) throw error;
  }
}

/** Throws what it says when it fails. */
async function run(command: Deno.Command): Promise<string> {
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  const output = text.decode(stdout) + text.decode(stderr);
  if (!success) throw new Error(`An example was not built:\n${output}`);
  return output;
}

async function filesIn(folder: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  const visit = async (path: string): Promise<void> => {
    for await (const { name, isDirectory } of Deno.readDir(folder + path)) {
      const inside = `${path}/${name}`;
      if (isDirectory) await visit(inside);
      else files[inside] = await Deno.readTextFile(folder + inside);
    }
  };
  await visit("");
  return files;
}

async function hashOf(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex().slice(0, 16);
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
