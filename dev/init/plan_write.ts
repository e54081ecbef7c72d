// What init would write into a project, or all the reasons why it can't. Nothing is written here.
import { join } from "node:path";
import { schemaPrelude } from "../schema/move_schema.ts";
import { adoptedConfig, CONFIG_FILE, notesOnConfig } from "./config_toml.ts";
import { BLANK_DOMAIN } from "./blank_domain.ts";
import type { Engine } from "./engine.ts";
import { type FileChanges, fileChanges } from "./file_changes.ts";
import { isSameText, type Lock, LOCK_FILE, lockText, textAt } from "./lock.ts";
import { type MadeName, madeNames } from "./made_names.ts";
import { type MigrationChanges, migrationChanges } from "./migration_changes.ts";
import { isNewer } from "./newer.ts";
import type { Site } from "./site.ts";
import { importRefusals } from "./still_imported.ts";
import type { Change } from "./write_all.ts";
import { shellWord } from "../terminal/shell_word.ts";

export interface Wish {
  site: Site;
  engine: Engine;
  keep: boolean;
  now: Date;
  /** Which of these names and schemas a database with the project's migrations, but for these files, has already. */
  takenOf(
    names: readonly MadeName[],
    schemas: readonly string[],
    without: readonly string[],
  ): Promise<string[]>;
}

export interface WritePlan {
  /** In this order; the lock is the last. */
  changes: Change[];
  /** In words, what changes in config.toml. */
  config: string[];
  /** What stays as the project has it, with this version's text beside it. */
  clashes: string[];
  /** What the engine has no longer, and the project has changed. */
  left: string[];
  notes: string[];
}

export async function planWrite(wish: Wish): Promise<WritePlan | { refusals: string[] }> {
  const { site, engine, keep, now } = wish;
  const { lock } = site;
  const other = lock === null ? null : lockRefusal(lock, engine);
  if (other !== null) return { refusals: [other] };
  const files = await fileChanges(site.root, engine, lock?.files ?? {});
  const migrations = await migrationChanges(site, engine, now);
  const config = lock === null ? adoptedConfig(site.config, engine.schema) : { text: site.config, said: [] };
  const refusals = [
    ...clashRefusal(files.clashes, lock, keep),
    ...await importRefusals(site.root, files.changes),
    ...migrations.refusals,
    ...("problem" in config ? [config.problem] : []),
    ...await nameRefusals(wish, migrations),
  ];
  if (refusals.length > 0 || "problem" in config) return { refusals };
  return {
    changes: await ordered(wish, files, migrations, config.text),
    config: config.said,
    ...{ clashes: files.clashes, left: files.left },
    notes: lock === null ? [...notesOnConfig(config.text, engine.schema), ...await notesOnDomain(site)] : [],
  };
}

/** Deletions come after everything that is written, so that a project is never without what it needs. */
async function ordered(
  { site, engine }: Wish,
  files: FileChanges,
  migrations: MigrationChanges,
  config: string,
): Promise<Change[]> {
  const lock = {
    version: engine.version,
    schema: engine.schema,
    files: files.hashes,
    migrations: migrations.migrations,
  };
  const changes = [
    ...files.changes.filter(({ text }) => text !== null),
    ...await blankDomain(site),
    ...migrations.changes,
    ...(config === site.config ? [] : [{ path: CONFIG_FILE, text: config }]),
    ...files.changes.filter(({ text }) => text === null),
  ];
  const is_same = site.lock !== null && lockText(site.lock) === lockText(lock);
  return is_same && changes.length === 0 ? [] : [...changes, { path: LOCK_FILE, text: lockText(lock) }];
}

/** What stands in `domain/` is the project's, and so is what has been taken out of it. */
async function blankDomain({ root, lock }: Site): Promise<Change[]> {
  if (lock !== null) return [];
  const files = await Promise.all(
    [...BLANK_DOMAIN].map(async ([path, text]) =>
      await textAt(join(root, path)) === null ? [{ path, text }] : []
    ),
  );
  return files.flat();
}

/** After a removal: the engine's tables know nothing of tools that a project has had. */
async function notesOnDomain({ root, named }: Site): Promise<string[]> {
  const [file = ""] = BLANK_DOMAIN.keys();
  const there = await textAt(join(root, file));
  if (there === null || isSameText(there, BLANK_DOMAIN.get(file))) return [];
  return [
    `${file} is there already, and stays. Tools in it need their migrations anew: ` +
    `deno task new-tools --into ${shellWord(named)} --all --migration-only`,
  ];
}

function lockRefusal(lock: Lock, { version, schema }: Engine): string | null {
  if (lock.schema !== schema) {
    return `The engine is in schema ${lock.schema} there: leave --schema out. To move it, take it out first (--remove).`;
  }
  if (isNewer(lock.version, version)) {
    return `Version ${lock.version} is there, and this is ${version}: init does not go back. Take the newer clone.`;
  }
  return null;
}

function clashRefusal(clashes: readonly string[], lock: Lock | null, keep: boolean): string[] {
  if (clashes.length === 0 || lock !== null && keep) return [];
  if (lock === null) {
    return [
      `Files are there already that init would write, and there is no ${LOCK_FILE}: ${
        clashes.join(", ")
      }. Move them away.`,
    ];
  }
  return [
    `Changed by you and by this version: ${clashes.join(", ")}. ` +
    "With --keep yours stay, and this version's are put beside them (.new).",
  ];
}

/** Of names that migrations make which the project has had, none is looked for: later ones may make them anew. */
async function nameRefusals(
  { site, engine, takenOf }: Wish,
  { added, found }: MigrationChanges,
): Promise<string[]> {
  const { schema } = engine;
  if (added.length === 0 || site.lock !== null && schema !== "public") return [];
  const known = engine.migrations.filter((one) => !added.includes(one)).map(({ sql }) => sql);
  const had = new Set(madeNames(known).map(({ kind, schema, name }) => `${kind} ${schema}.${name}`));
  const names = madeNames(added.map(({ sql }) => sql))
    .filter(({ kind, schema, name }) => !had.has(`${kind} ${schema}.${name}`));
  const schemas = schemaPrelude(schema) === "" ? [] : [...new Set(names.map((name) => name.schema))];
  try {
    const taken = await takenOf(names, schemas, found);
    if (taken.length === 0) return [];
    const way_out = schema === "public"
      ? "The engine would make them as well: use --schema agent, where its names are its own"
      : `Name another schema with --schema; or, if a removal of the engine has not been applied there, apply it first`;
    return [`The database has ${taken.join(", ")} already. ${way_out}.`];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
