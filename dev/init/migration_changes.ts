// Which of the engine's migrations a project lacks, and what they are called there. What was written once is applied
// somewhere: it is never written again.
import type { Engine, EngineMigration } from "./engine.ts";
import { isSameText, type Lock, sha256 } from "./lock.ts";
import { type MigrationFile, MIGRATIONS_FOLDER, type Site } from "./site.ts";
import { stampsAfter } from "../project/stamps.ts";
import type { Change } from "./write_all.ts";

/** The migration that takes the engine out again: what stands before it is over. */
export const REMOVAL = "agent_removal";

export interface MigrationChanges {
  changes: Change[];
  refusals: string[];
  /** Those that the lock does not know, also where an interrupted init has written them. */
  added: EngineMigration[];
  /** Files of those that are there already. */
  found: string[];
  /** For the lock. */
  migrations: Lock["migrations"];
}

export async function migrationChanges(
  { lock, migrations: files }: Pick<Site, "lock" | "migrations">,
  engine: Pick<Engine, "migrations">,
  now: Date,
): Promise<MigrationChanges> {
  const locked = lock?.migrations ?? {};
  const refusals = await faultsOf(locked, files, engine);
  const added = engine.migrations.filter(({ name }) => !(name in locked));
  const own = new Set(Object.values(locked).map(({ file }) => file));
  const removal = files.findLastIndex(({ name }) => name === REMOVAL);
  const unlocked = files.slice(removal + 1).filter(({ file }) => !own.has(file));
  const found = added.map(({ name }) => unlocked.find((file) => file.name === nameOf(name)));
  for (const [at, file] of found.entries()) {
    if (file && !isSameText(file.text, added[at]?.sql)) {
      refusals.push(
        `${MIGRATIONS_FOLDER}/${file.file} is there already, and not as this version writes it. Move it away.`,
      );
    }
  }
  const lacking = added.filter((_, at) => found[at] === undefined);
  const stamps = stampsAfter(files.at(-1)?.version, now, lacking.length);
  if ("problem" in stamps) {
    return { changes: [], refusals: [...refusals, stamps.problem], added, found: [], migrations: {} };
  }
  const placed = lacking.map(({ name, sql }, at) => ({
    name,
    sql,
    file: `${stamps[at]}_${nameOf(name)}.sql`,
  }));
  const names = new Map([
    ...found.flatMap((file, at) => file ? [[added[at]?.name ?? "", file.file] as const] : []),
    ...placed.map(({ name, file }) => [name, file] as const),
  ]);
  const order = added.map(({ name }) => names.get(name) ?? "");
  if (!order.every((file, at) => at === 0 || (order[at - 1] ?? "") < file)) {
    refusals.push(
      `Some of the engine's migrations are in ${MIGRATIONS_FOLDER}, in another order. Move them away.`,
    );
  }
  const entries = await Promise.all(
    added.map(async ({ name, sql }) =>
      [name, { file: names.get(name) ?? "", sha256: await sha256(sql) }] as const
    ),
  );
  return {
    changes: placed.map(({ file, sql }) => ({ path: `${MIGRATIONS_FOLDER}/${file}`, text: sql })),
    refusals,
    added,
    found: found.flatMap((file) => file ? [file.file] : []),
    migrations: { ...locked, ...Object.fromEntries(entries) },
  };
}

/** What is wrong with those that are there: they are held to what was written, and this version to what was released. */
async function faultsOf(
  locked: Lock["migrations"],
  files: readonly MigrationFile[],
  engine: Pick<Engine, "migrations">,
): Promise<string[]> {
  const faults: string[] = [];
  for (const [name, { file, sha256: hash }] of Object.entries(locked)) {
    const path = `${MIGRATIONS_FOLDER}/${file}`;
    const there = files.find((one) => one.file === file);
    const ours = engine.migrations.find((one) => one.name === name);
    if (there === undefined) faults.push(`${path} is gone. Bring it back from your version control.`);
    else if (await sha256(there.text) !== hash) {
      faults.push(
        `${path} was changed after it was written. Bring it back, and make your change in a migration of your own.`,
      );
    }
    if (ours === undefined || await sha256(ours.sql) !== hash) {
      faults.push(
        `The engine's migration ${name} is another one in this version. That is a fault of this version: please report it.`,
      );
    }
  }
  return faults;
}

function nameOf(name: string): string {
  return `agent_${name}`;
}
