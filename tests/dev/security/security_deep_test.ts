// `deno task security` as a process, with a database that it makes itself.
import assert from "node:assert/strict";
import postgres from "postgres";
import { denoEnvironment } from "../../../dev/process/environment.ts";
import { testStack } from "../../support/stack/stack.ts";

const ENTRY = new URL("../../../dev/security.ts", import.meta.url).pathname;

Deno.test("without a URL it asks what the migrations make, ends with 0, and leaves no database behind", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-check", "--allow-all", "--unstable-no-legacy-abort", ENTRY, "--json"],
    env: { ...denoEnvironment(), DATABASE_URL: testStack().admin_url },
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).output();
  const text = new TextDecoder();
  assert.equal(code, 0, text.decode(stderr));
  const { findings, unseen, probes, database } = JSON.parse(text.decode(stdout));
  assert.deepEqual([findings, unseen], [[], []]);
  assert.deepEqual(probes.map(({ probe }: { probe: string }) => probe), ["P1", "P2", "P3", "P4", "P5"]);
  assert.ok(!(await databases()).includes(database.name));
});

async function databases(): Promise<string[]> {
  const sql = postgres(testStack().admin_url, { max: 1, onnotice: () => {} });
  try {
    return (await sql`select datname::text as name from pg_database`).map(({ name }) => name);
  } finally {
    await sql.end();
  }
}
