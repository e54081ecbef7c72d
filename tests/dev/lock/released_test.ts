// Released migrations are applied somewhere: from here on they are only added.
import assert from "node:assert/strict";
import { migrationHashes } from "../../../dev/lock/migration_hashes.ts";
import { brokenPromises, readHashes } from "../../../dev/lock/migrations_lock.ts";

const LOCK = new URL("../../../supabase/migrations.lock", import.meta.url);

Deno.test("no released migration has changed or gone, and none has come before them", async () => {
  const released = readHashes(await Deno.readTextFile(LOCK));
  assert.ok(released.size > 60);
  assert.deepEqual(brokenPromises(released, await migrationHashes()), []);
});
