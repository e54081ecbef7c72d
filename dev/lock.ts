// `deno task lock`: writes the hashes of new migrations into `supabase/migrations.lock`. Those that are there stay.
import { textAt } from "./init/lock.ts";
import { brokenPromises, lockOf, readHashes } from "./lock/migrations_lock.ts";
import { migrationHashes } from "./lock/migration_hashes.ts";

const LOCK = new URL("../supabase/migrations.lock", import.meta.url).pathname;

const released = readHashes(await textAt(LOCK) ?? "");
const there = await migrationHashes();
const broken = brokenPromises(released, there);
if (broken.length > 0) {
  for (const sentence of broken) console.error(sentence);
  Deno.exit(1);
}
await Deno.writeTextFile(LOCK, lockOf(there));
console.log(
  `supabase/migrations.lock holds ${there.size} migrations, ${there.size - released.size} of them new.`,
);
