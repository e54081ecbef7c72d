// The self-test on the schema as it ships, workspace and demo rows included.
import assert from "node:assert/strict";
import postgres from "postgres";
import { seed } from "../../../dev/database/migrations.ts";
import { DEMO_USER } from "../../../dev/demo_user.ts";
import { PARTS } from "../../../dev/parts.ts";
import { ask } from "../../../dev/security/ask.ts";
import { freshDatabase } from "../../support/stack/stack.ts";

Deno.test("nothing is found in the schema as it ships, and nothing is passed over", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    await sql`insert into auth.users (id, email) values (${crypto.randomUUID()}, ${DEMO_USER.email})`;
    await seed(url, PARTS.product.seeds);
    const { findings, unseen, excused } = await ask(url, [], () => performance.now());
    assert.deepEqual(findings, []);
    assert.deepEqual(unseen, []);
    assert.deepEqual([...new Set(excused.map(({ check_id }) => check_id))], [
      "S11",
      "S03",
      "S22",
      "S35",
      "P1",
    ]);
    const [alone] = await sql`select count(*)::integer as n from private.security_findings()`;
    assert.deepEqual(alone, { n: 0 });
  } finally {
    await sql.end();
    await drop();
  }
});
