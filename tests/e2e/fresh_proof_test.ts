// A floor that wants fresh proof: only a token whose second factor was used after the request approves, over HTTP.
import assert from "node:assert/strict";
import { borrowers, cancelTurn, decisionOn, lend, openIn, sendDecisions } from "../support/stack/asking.ts";
import { chat, readTurn } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { withClaims } from "../support/stack/signed_token.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const HOUR = 3_600;

test("what needs fresh proof is approved by a second factor used since, and by nothing else", async () => {
  const user = await newUser();
  const [loan = 0] = await lend(user, "Ann");
  const sql = database();
  try {
    // For this loan alone: the floors are everybody's.
    await sql`insert into tool_floors (tool_name, number, when_args, policy, fresh, why)
      values ('cancel_loan', ${loan}, ${`$.loan_id ? (@ == ${loan})`}::jsonpath, 'ask', true, 'A loan is cancelled for good.')`;
  } finally {
    await sql.end();
  }
  await using _ = await scriptModel(user.id, [cancelTurn(loan), { text: "Cancelled." }]);
  const { state } = await chat(user, { message: "Cancel it" });
  const [approval] = openIn(state);

  const now = Math.floor(Date.now() / 1_000);
  const decide = (amr: object[]) =>
    sendDecisions({ token: withClaims(user.token, { amr }) }, state.run_id, [decisionOn(approval)]);
  const weak = [
    [],
    [{ method: "password", timestamp: now + HOUR }],
    [{ method: "totp", timestamp: now - HOUR }],
    [{ method: "totp", timestamp: "later" }],
    [{ method: "otp", timestamp: now + HOUR }],
  ];
  for (const amr of weak) {
    const answer = await decide(amr);
    const { error } = await answer.json();
    assert.deepEqual([answer.status, error?.message], [
      403,
      "Confirm by your second factor that it is you, and decide again.",
    ], JSON.stringify(amr));
  }
  assert.deepEqual(await borrowers(user), ["Ann"]);

  const approved = await decide([{ method: "password", timestamp: now }, {
    method: "totp",
    timestamp: now + HOUR,
  }]);
  assert.equal((await readTurn(approved)).state.status, "completed");
  assert.deepEqual(await borrowers(user), []);
});
