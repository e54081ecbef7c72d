// What `--remove` takes out of a project: what the lock says was written, as far as it is as it was written, and a
// migration that drops the engine. Migrations stay: they have been applied.
import { join } from "node:path";
import { BLANK_DOMAIN } from "./blank_domain.ts";
import { CONFIG_FILE, releasedConfig } from "./config_toml.ts";
import { AGENT_FOLDER } from "./engine.ts";
import { besideOf } from "./file_changes.ts";
import { isSameText, type Lock, LOCK_FILE, sha256, textAt } from "./lock.ts";
import { madeNames } from "./made_names.ts";
import { REMOVAL } from "./migration_changes.ts";
import { removalSql } from "./removal_sql.ts";
import { type MigrationFile, MIGRATIONS_FOLDER, type Site } from "./site.ts";
import { stampsAfter } from "../project/stamps.ts";
import type { Change } from "./write_all.ts";

export interface RemovePlan {
  schema: string;
  /** In this order; the lock is the last. */
  changes: Change[];
  /** The new migration. */
  migration: string;
  /** In words, what goes from config.toml. */
  config: string[];
  /** Changed by the project: they stay. */
  left: string[];
}

export async function planRemove(
  site: Site,
  schema: string | undefined,
  now: Date,
): Promise<RemovePlan | { refusals: string[] }> {
  const { lock, root } = site;
  if (lock === null) return { refusals: [`There is no ${LOCK_FILE}: init has written nothing there.`] };
  const engine = site.migrations.filter(({ file }) =>
    Object.values(lock.migrations).some((one) => one.file === file)
  );
  const stamps = stampsAfter(site.migrations.at(-1)?.version, now, 1);
  const config = releasedConfig(site.config, lock.schema);
  const refusals = [
    ...(schema !== undefined && schema !== lock.schema
      ? [`The engine is in schema ${lock.schema} there: leave --schema out.`]
      : []),
    ...missing(lock, engine),
    ...("problem" in stamps ? [stamps.problem] : []),
    ...("problem" in config ? [config.problem] : []),
  ];
  if (refusals.length > 0 || "problem" in config || "problem" in stamps) return { refusals };
  const sql = removalSql(lock.schema, madeNames(engine.map(({ text }) => text)));
  const written = writtenBefore(site, engine, sql);
  const migration = `${MIGRATIONS_FOLDER}/${written ?? `${stamps[0]}_${REMOVAL}.sql`}`;
  const files = await deletions(root, lock);
  const domain = await blankDomain(root);
  const deleted = [...files.deleted, ...domain.deleted].map((path) => ({ path, text: null }));
  return {
    ...{ schema: lock.schema, migration, config: config.said, left: [...files.left, ...domain.left] },
    changes: [
      ...(written === null ? [{ path: migration, text: sql }] : []),
      ...(config.text === site.config ? [] : [{ path: CONFIG_FILE, text: config.text }]),
      ...deleted,
      { path: LOCK_FILE, text: null },
    ],
  };
}

/** The file of an interrupted removal. */
function writtenBefore({ migrations }: Site, engine: readonly MigrationFile[], sql: string): string | null {
  const newest = engine.at(-1)?.file ?? "";
  return migrations.find(({ file, name, text }) => name === REMOVAL && file > newest && isSameText(text, sql))
    ?.file ??
    null;
}

/** What the engine has made stands in its migrations, which are read for it. */
function missing(lock: Lock, engine: readonly MigrationFile[]): string[] {
  const gone = Object.values(lock.migrations).filter(({ file }) => engine.every((one) => one.file !== file));
  if (gone.length === 0) return [];
  const files = gone.map(({ file }) => `${MIGRATIONS_FOLDER}/${file}`).join(", ");
  return [`Migrations are gone: ${files}. Bring them back from your version control.`];
}

async function deletions(root: string, lock: Lock): Promise<{ deleted: string[]; left: string[] }> {
  const deleted: string[] = [];
  const left: string[] = [];
  for (const [path, hash] of Object.entries(lock.files)) {
    for (const file of [path, besideOf(path)]) {
      const there = await textAt(join(root, file));
      if (there !== null) (await sha256(there) === hash ? deleted : left).push(file);
    }
  }
  return { deleted, left };
}

/** The project's own, unless nobody has touched any of it. */
async function blankDomain(root: string): Promise<{ deleted: string[]; left: string[] }> {
  const folder = `${AGENT_FOLDER}/domain`;
  const names = await filesBelow(join(root, folder));
  const texts = await Promise.all(names.map((name) => textAt(join(root, folder, name))));
  const is_blank = names.every((name, at) => isSameText(BLANK_DOMAIN.get(`${folder}/${name}`), texts[at]));
  if (is_blank) return { deleted: names.map((name) => `${folder}/${name}`), left: [] };
  return { deleted: [], left: [`${folder}/`] };
}

async function filesBelow(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder)).catch(() => []);
  const found = await Promise.all(
    entries.map(async ({ name, isDirectory }) =>
      isDirectory ? (await filesBelow(join(folder, name))).map((inside) => `${name}/${inside}`) : [name]
    ),
  );
  return found.flat().sort();
}
