// `supabase/migrations.lock`: the hash of every migration, one a line, as `sha256sum` writes it. What stands there has
// been released: it is applied somewhere, so it never changes.

/** By file, the hash. */
export type MigrationHashes = ReadonlyMap<string, string>;

/** The text of a lock. */
export function lockOf(hashes: MigrationHashes): string {
  return [...hashes].sort(([a], [b]) => a < b ? -1 : 1).map(([file, hash]) => `${hash}  ${file}\n`).join("");
}

/** The hashes that a lock holds. */
export function readHashes(text: string): MigrationHashes {
  return new Map(
    text.split("\n").filter((line) => line !== "").map((line) => [line.slice(66), line.slice(0, 64)]),
  );
}

/** What is wrong with migrations by what was released: sentences. */
export function brokenPromises(released: MigrationHashes, there: MigrationHashes): string[] {
  const last = [...released.keys()].sort().at(-1) ?? "";
  return [
    ...[...released].flatMap(([file, hash]) => {
      if (!there.has(file)) return [`${file} has been released, and is gone.`];
      return there.get(file) === hash
        ? []
        : [`${file} has been released, and has changed: undo that, and add a migration.`];
    }),
    ...[...there.keys()].filter((file) => !released.has(file) && file < last)
      .map((file) => `${file} comes before ${last}, which has been released: give it a later version.`),
  ];
}
