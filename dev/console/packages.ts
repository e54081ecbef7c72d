// The console's packages as a folder in which a bundler finds them by name. Deno keeps them in its cache, each under
// its version; no node_modules is made in the repository.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
// Named so that they are fetched, at the versions of deno.json; by their manifests, since the types of a package for
// browsers are not those of the programs here.
import "@supabase/auth-js/package.json" with { type: "json" };
import "@supabase/postgrest-js/package.json" with { type: "json" };
import "marked/package.json" with { type: "json" };
import "preact/package.json" with { type: "json" };

const PACKAGES = [
  "@supabase/auth-js",
  "@supabase/postgrest-js",
  "marked",
  "preact",
];

/** Writes links to the packages, and to what they need, into a new folder, and returns its path. */
export async function linkPackages(): Promise<string> {
  const folder = await Deno.makeTempDir({ prefix: "console-packages-" });
  const auth = fileURLToPath(
    import.meta.resolve("@supabase/auth-js/package.json"),
  );
  await link(
    folder,
    "tslib",
    createRequire(auth).resolve("tslib/package.json"),
  );
  for (const name of PACKAGES) {
    await link(
      folder,
      name,
      fileURLToPath(import.meta.resolve(`${name}/package.json`)),
    );
  }
  return folder;
}

async function link(
  folder: string,
  name: string,
  manifest: string,
): Promise<void> {
  const path = join(folder, name);
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.symlink(dirname(manifest), path, { type: "dir" });
}
