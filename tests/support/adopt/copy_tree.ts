// Copies of this repository and of the projects that it is put into, in folders that go with the test.
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
/** What a clone has not: what git ignores, and git's own. */
const NOT_CLONED = new Set([
  ".git",
  "node_modules",
  ".dev",
  ".env",
  ".temp",
  ".branches",
  "dist",
  "coverage",
]);

export const PROJECTS = ["crm", "subscriptions", "chat", "todos", "profiles", "accounts"] as const;
export type ProjectName = (typeof PROJECTS)[number];

/** Copies a folder with all that is in it, as a clone of it would have it. */
export function copyTree(from: string, to: string): void {
  Deno.mkdirSync(to, { recursive: true });
  for (const { name, isDirectory, isFile } of Deno.readDirSync(from)) {
    if (NOT_CLONED.has(name)) continue;
    if (isDirectory) copyTree(`${from}/${name}`, `${to}/${name}`);
    else if (isFile) Deno.copyFileSync(`${from}/${name}`, `${to}/${name}`);
  }
}

export interface Workplace extends AsyncDisposable {
  /** A copy of this repository, whose sibling the project is. */
  clone: string;
  /** A copy of the project, called `app`. */
  app: string;
}

/** This repository and a project side by side, as the page has them. Use with `await using`. */
export async function workplace(project: ProjectName): Promise<Workplace> {
  const root = await Deno.makeTempDir({ prefix: "adopt-" });
  // Postgres may run as another user.
  await Deno.chmod(root, 0o755);
  const [clone, app] = [`${root}/agents`, `${root}/app`];
  copyTree(REPOSITORY, clone);
  copyTree(`${REPOSITORY}tests/support/projects/${project}`, app);
  return { clone, app, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}

/** Where a new migration of a project lies: one second after its newest. */
export function newMigration(app: string, name: string): string {
  const folder = `${app}/supabase/migrations`;
  const newest = [...Deno.readDirSync(folder)].map(({ name }) => name.slice(0, 14)).sort().at(-1) ?? "";
  return `${folder}/${BigInt(newest) + 1n}_${name}.sql`;
}
