// The console as the files that a static host serves: page, script, styles. Addresses in the page are relative, so
// that it works below any path.
import * as esbuild from "esbuild";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ANY_PROJECT, contentPolicy } from "./headers.ts";
import { linkPackages } from "./packages.ts";

const SOURCE = fileURLToPath(new URL("../../console/", import.meta.url));
/** Where the files go; ignored by git. */
export const DIST = join(SOURCE, "dist");

/** What a build knows of the project that it is for. Without a URL its user names the project at sign-in. */
export interface BuiltFor {
  url?: string;
  publishable_key?: string;
  /** The schema that the agents' tables are in; `public` if it is not given. */
  schema?: string;
  /** A user that a newcomer may sign in as: of a local stack only. */
  demo_user?: { email: string; password: string };
}

/** The files of the console by name. Throws where a source file can't be bundled. */
export async function bundle(
  built_for: BuiltFor,
): Promise<Map<string, Uint8Array>> {
  const packages = await linkPackages();
  try {
    const [script, styles, page] = await Promise.all([
      run({ entryPoints: [join(SOURCE, "main.tsx")], nodePaths: [packages] }),
      bundleStyles(),
      Deno.readTextFile(join(SOURCE, "index.html")),
    ]);
    return new Map([
      ["index.html", new TextEncoder().encode(pageFor(page, built_for))],
      ["console.js", script],
      ["console.css", styles],
    ]);
  } finally {
    await Deno.remove(packages, { recursive: true });
  }
}

/** Writes a bundle into `folder`. Throws where that holds anything that is not a bundle: nothing of it is touched. */
export async function writeBundle(
  files: ReadonlyMap<string, Uint8Array>,
  folder: string,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const held = await Array.fromAsync(Deno.readDir(folder));
  const own = held.filter(({ name, isFile }) => isFile && files.has(name));
  if (held.length > 0 && (own.length < held.length || own.length < files.size)) {
    const other = held.find((one) => !own.includes(one))?.name ?? `no ${missing(files, held)}`;
    throw new Error(
      `${folder} is not empty, and holds something else than the console (${other}), so nothing was written. Name an empty folder, or a new one, with --out.`,
    );
  }
  for (const [name, content] of files) {
    await Deno.writeFile(join(folder, name), content);
  }
}

function missing(files: ReadonlyMap<string, Uint8Array>, held: readonly Deno.DirEntry[]): string | undefined {
  return [...files.keys()].find((name) => !held.some((one) => one.name === name));
}

/** The bundler is a process of its own, which ends with this. */
export async function stopBundler(): Promise<void> {
  await esbuild.stop();
}

async function run(options: esbuild.BuildOptions): Promise<Uint8Array> {
  const { outputFiles: [file] = [] } = await esbuild.build({
    ...options,
    ...{ bundle: true, write: false, minify: true, logLevel: "silent" },
    ...{
      format: "esm",
      target: "es2022",
      jsx: "automatic",
      jsxImportSource: "preact",
    },
  });
  if (!file) throw new Error("Cannot bundle the console: no output");
  return file.contents;
}

/** Tokens first, then what all pages share, then each page's own. */
async function bundleStyles(): Promise<Uint8Array> {
  const own = [];
  for await (const { name } of Deno.readDir(join(SOURCE, "pages"))) {
    if (name.endsWith(".css")) own.push(`pages/${name}`);
  }
  const files = ["tokens.css", "parts.css", ...own.sort()];
  const contents = files.map((file) => `@import "./${file}";`).join("\n");
  return await run({ stdin: { contents, loader: "css", resolveDir: SOURCE } });
}

function pageFor(
  page: string,
  { url, publishable_key, schema, demo_user }: BuiltFor,
): string {
  const project = url === undefined ? ANY_PROJECT : new URL(url).origin;
  const facts = { policy: contentPolicy(project), url, key: publishable_key, schema };
  const values = {
    ...facts,
    demo: demo_user && `${demo_user.email} ${demo_user.password}`,
  };
  return page.replaceAll(
    /\{\{(\w+)\}\}/g,
    (_, name) => escaped(Reflect.get(values, name) ?? ""),
  );
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll(
    "<",
    "&lt;",
  );
}
