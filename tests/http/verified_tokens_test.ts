// How often the signature of a token is looked at.
import assert from "node:assert/strict";
import { type TokenAuth, verifiedOnceAMinute } from "../../shared/http/verified_tokens.ts";

type Answer = Awaited<ReturnType<TokenAuth["getClaims"]>>;

/** An auth whose tokens are signed so, and expire at this second; each is good until it is said to be bad. */
function auth({ alg = "ES256", exp = 3_600 } = {}) {
  let time = 0;
  let looked = 0;
  let good = true;
  const verified = verifiedOnceAMinute({
    getClaims(token) {
      looked += 1;
      if (!good) return Promise.resolve({ data: null, error: null });
      const claims = { iss: "x", sub: `user of ${token}`, aud: "authenticated", exp, iat: 0, role: "r" };
      const header = { alg, kid: "live", typ: "JWT" };
      const rest = { aal: "aal1" as const, session_id: "s", email: "", phone: "", is_anonymous: false };
      const data = { claims: { ...claims, ...rest }, header, signature: new Uint8Array() };
      return Promise.resolve<Answer>({ data, error: null });
    },
  }, { now: () => time });
  return {
    userOf: async (token: string) => (await verified.getClaims(token)).data?.claims.sub,
    looked: () => looked,
    pass: (ms: number) => void (time += ms),
    turnBad: () => void (good = false),
  };
}

Deno.test("a token is verified once a minute, each by itself", async () => {
  const { userOf, looked, pass } = auth();
  assert.equal(await userOf("a"), "user of a");
  assert.equal(await userOf("b"), "user of b");
  assert.equal(await userOf("a"), "user of a");
  assert.equal(looked(), 2);
  pass(59_999);
  assert.equal(await userOf("a"), "user of a");
  assert.equal(looked(), 2);
  pass(1);
  await userOf("a");
  assert.equal(looked(), 3);
});

Deno.test("a token that has expired is never taken for one that was good", async () => {
  const { userOf, pass, turnBad } = auth({ exp: 10 });
  assert.equal(await userOf("a"), "user of a");
  turnBad();
  pass(9_999);
  assert.equal(await userOf("a"), "user of a");
  pass(1);
  assert.equal(await userOf("a"), undefined);
});

Deno.test("a token that is refused is looked at again each time", async () => {
  const { userOf, looked, turnBad } = auth();
  turnBad();
  assert.equal(await userOf("a"), undefined);
  assert.equal(await userOf("a"), undefined);
  assert.equal(looked(), 2);
});

Deno.test("the auth server is asked about an HS256 token each time: it knows whether its session has ended", async () => {
  const { userOf, turnBad } = auth({ alg: "HS256" });
  assert.equal(await userOf("a"), "user of a");
  turnBad();
  assert.equal(await userOf("a"), undefined);
});

Deno.test("of a thousand others' tokens the oldest is verified again, and no more are kept", async () => {
  const { userOf, looked } = auth();
  for (let i = 0; i <= 1_000; i++) await userOf(`token ${i}`);
  await userOf("token 1000");
  assert.equal(looked(), 1_001);
  await userOf("token 0");
  assert.equal(looked(), 1_002);
});
