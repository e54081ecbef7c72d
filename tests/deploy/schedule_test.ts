// The optional script that schedules the owner's work: where there is no pg_cron it does nothing and says so.
import assert from "node:assert/strict";
import postgres from "postgres";
import { freshDatabase } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const SCRIPT = await Deno.readTextFile(new URL("../../supabase/schedule.sql", import.meta.url));

test("without pg_cron nothing is scheduled, and a notice says so", async () => {
  const { url, drop } = await freshDatabase();
  const notices: string[] = [];
  const sql = postgres(url, { max: 1, onnotice: ({ message }) => void notices.push(message ?? "") });
  await sql.unsafe(SCRIPT);
  assert.deepEqual(notices, [
    "Nothing is scheduled: this database has no pg_cron. Call private.sweep_runs yourself.",
  ]);
  await sql.end();
  await drop();
});

test("what is scheduled, and what may be, are statements that the owner can run", async () => {
  const jobs = [...SCRIPT.matchAll(/cron\.schedule\('[\w-]+', '[^']+', '((?:[^']|'')+)'\)/g)]
    .map(([, statement = ""]) => statement.replaceAll("''", "'"));
  assert.equal(jobs.length, 2);
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1 });
  for (const job of jobs) {
    assert.deepEqual((await sql.unsafe(job)).map((row) => Object.values(row)), [[0]], job);
  }
  await sql.end();
  await drop();
});
