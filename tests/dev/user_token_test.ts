import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import { verifiedClaims } from "../../dev/rest/user_token.ts";
import { newUser, testStack } from "../support/stack/stack.ts";

const SECRET = "a secret of more than thirty-two characters";
const NOW = Date.parse("2026-11-22T12:00:00Z");
const seconds = NOW / 1000;
const CLAIMS = { sub: "u", role: "authenticated", iat: seconds - 10, exp: seconds + 60 };

function token(claims: object, { alg = "HS256", secret = SECRET } = {}): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const content = `${part({ alg, typ: "JWT" })}.${part(claims)}`;
  return `Bearer ${content}.${createHmac("sha256", secret).update(content).digest("base64url")}`;
}

Deno.test("the claims of a valid token are read", () => {
  assert.deepEqual(verifiedClaims(token(CLAIMS), SECRET, NOW), CLAIMS);
});

const INVALID: Record<string, string | null> = {
  "no header": null,
  "another secret's signature": token(CLAIMS, { secret: `${SECRET}!` }),
  "no algorithm": token(CLAIMS, { alg: "none" }),
  "no signature": token(CLAIMS).replace(/\.[^.]*$/, "."),
  "other claims under the same signature": token(CLAIMS).replace(
    /\.[^.]*\./,
    `.${Buffer.from(JSON.stringify({ ...CLAIMS, sub: "v" })).toString("base64url")}.`,
  ),
  "an end in the past": token({ ...CLAIMS, exp: seconds }),
  "a start in the future": token({ ...CLAIMS, iat: seconds + 1 }),
  "no role": token({ sub: "u", exp: CLAIMS.exp }),
  "text that is no token": "Bearer abc.def.ghi",
  "a key": "Bearer sb_publishable_x",
};

for (const [what, header] of Object.entries(INVALID)) {
  Deno.test(`a token with ${what} has no claims`, () => {
    assert.equal(verifiedClaims(header, SECRET, NOW), undefined);
  });
}

Deno.test("REST refuses a token that was changed", async () => {
  const { url, publishable_key } = testStack();
  const { token } = await newUser();
  const [head, body] = token.split(".");
  for (const forged of [`${head}.${body}.AAAA`, "x.y.z"]) {
    const answer = await fetch(`${url}/rest/v1/chat_sessions`, {
      headers: { apikey: publishable_key, authorization: `Bearer ${forged}` },
    });
    assert.equal(answer.status, 401);
    await answer.body?.cancel();
  }
});
