// No route of the running functions does or tells anything for a token that is not good, also where it is signed as
// the auth server of the local stack signs: with a secret, which the functions do not have.
import assert from "node:assert/strict";
import { callFunction } from "../support/stack/calling.ts";
import { withClaims } from "../support/stack/signed_token.ts";
import { database, newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { everyRoute } from "../support/tokens/every_route.ts";

const HOUR = 3_600;

function forgeries(token: string): Record<string, string> {
  const [head, body] = token.split(".");
  const none = btoa(JSON.stringify({ alg: "none", typ: "JWT" })).replaceAll("=", "");
  const now = Math.floor(Date.now() / 1_000);
  return {
    "signed with another secret": withClaims(token, {}, "another-secret-of-at-least-32-characters"),
    "whose signature is another's": `${head}.${body}.AAAA`,
    "without a signature": `${head}.${body}.`,
    "with alg none": `${none}.${body}.`,
    "with alg none and a signature": `${none}.${body}.AAAA`,
    "that has expired": withClaims(token, { exp: now - HOUR, iat: now - 2 * HOUR }),
    "of an anonymous visitor": withClaims(token, { role: "anon" }),
    "of the service role": withClaims(token, { role: "service_role" }),
    "of another project": withClaims(token, { iss: "https://other.example.com/auth/v1" }),
    "for another audience": withClaims(token, { aud: "elsewhere" }),
  };
}

test("every route refuses every forged token before anything is told or done", async () => {
  const user = await newUser();
  for (const [name, token] of Object.entries(forgeries(user.token))) {
    const answers = await Promise.all(
      everyRoute().map(async ({ method, path, body }) => {
        const response = await callFunction({ token }, path.slice(1), { method, body });
        return [`${method} ${path}`, response.status, (await response.text()).includes("access token")];
      }),
    );
    assert.deepEqual(answers, answers.map(([route]) => [route, 401, true]), name);
  }
  const sql = database();
  try {
    const [left] = await sql`select
      (select count(*)::int from agent_runs where user_id = ${user.id}) as runs,
      (select count(*)::int from usage_reservations where user_id = ${user.id}) as ledger,
      (select count(*)::int from chat_sessions where user_id = ${user.id}) as sessions`;
    assert.deepEqual(left, { runs: 0, ledger: 0, sessions: 0 });
  } finally {
    await sql.end();
  }
});
