// The verification of tokens with an asymmetric signature, against a project whose public keys are served on
// loopback. HS256 tokens go to the auth server; the end-to-end tests have those.
import assert from "node:assert/strict";
import { AgentError } from "../../shared/contracts/errors.ts";
import { createAnonymousAuth } from "../../shared/db/clients.ts";
import { authenticate, identify, riding } from "../../shared/http/auth.ts";
import { issuerCheck } from "../../shared/http/issuer.ts";
import { claims, encode, FORGERIES, project, seconds, token, USER } from "../support/tokens/forged_tokens.ts";

async function attempt(url: string, authorization: string) {
  const auth = createAnonymousAuth({ url, publishable_key: "sb_publishable_test" }, fetch);
  return await authenticate(
    new Request("http://localhost/", { headers: { authorization } }),
    auth,
    issuerCheck(url, {}),
  );
}

/** The same, and what only a token's rider leaves for later. */
async function claim(url: string, authorization: string) {
  const auth = createAnonymousAuth({ url, publishable_key: "sb_publishable_test" }, fetch);
  const request = new Request("http://localhost/", { headers: { authorization } });
  return await identify(request, auth, issuerCheck(url, {}), Date.now());
}

const hs256 = (payload: object) => `Bearer ${encode({ alg: "HS256", typ: "JWT" })}.${encode(payload)}.AAAA`;

const isUnauthenticated = (error: unknown) => error instanceof AgentError && error.kind === "unauthenticated";

const offline = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "a token signed with the project's key is verified without asking the auth server",
  offline,
  async () => {
    const { url, asked, close } = await project();
    const caller = await attempt(url, `Bearer ${await token(claims())}`);
    assert.equal(caller.user_id, USER);
    assert.deepEqual(asked.filter((path) => path.endsWith("/user")), []);
    await close();
  },
);

for (const [name, forge] of Object.entries(FORGERIES)) {
  Deno.test(`a token ${name} is refused`, offline, async () => {
    const { url, close } = await project();
    const authorization = `Bearer ${await forge()}`;
    await assert.rejects(async () => await attempt(url, authorization), isUnauthenticated);
    await assert.rejects(async () => await (await claim(url, authorization)).verify(), isUnauthenticated);
    await close();
  });
}

Deno.test(
  "when the auth server is out of reach the caller is told to try again, not to sign in",
  offline,
  async () => {
    const { url, close } = await project();
    await close();
    const unsigned = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims())}.AAAA`;
    await assert.rejects(
      async () => await attempt(url, `Bearer ${unsigned}`),
      (error) => error instanceof AgentError && error.kind === "internal" && error.retryable,
    );
  },
);

Deno.test(
  "whoever signs in with HS256 is asked about only where the database's answer does not say it",
  offline,
  async () => {
    const { url, asked, close } = await project();
    const bearer = await claim(url, hs256(claims()));
    assert.equal(bearer.user_id, USER);
    assert.equal(await riding(bearer, () => Promise.resolve("rows")), "rows");
    assert.deepEqual(asked, []);
    await close();
  },
);

Deno.test("what fails is told to no rider whose token is not good", offline, async () => {
  const { url, asked, close } = await project();
  const bearer = await claim(url, hs256(claims()));
  const failing = () =>
    Promise.reject(new AgentError("conflict", "Another run of this session is under way."));
  await assert.rejects(() => riding(bearer, failing), isUnauthenticated);
  assert.deepEqual(asked, ["/auth/v1/user"]);
  const verified = await claim(url, `Bearer ${await token(claims())}`);
  await assert.rejects(() => riding(verified, failing), { message: /under way/ });
  await close();
});

Deno.test(
  "an HS256 token that nobody could have for a user of the project's rides on nothing",
  offline,
  async () => {
    const { url, asked, close } = await project();
    const wrong = [
      { exp: seconds() - 5 },
      { exp: undefined },
      { role: "anon" },
      { role: "service_role" },
      { sub: "admin" },
      { aud: "elsewhere" },
      { iss: "https://other.example.com/auth/v1" },
    ];
    for (const change of wrong) {
      await assert.rejects(
        () => claim(url, hs256(claims(change))),
        isUnauthenticated,
        JSON.stringify(change),
      );
    }
    assert.deepEqual(asked, []);
    await close();
  },
);
