// How often the project's public keys are asked for.
import assert from "node:assert/strict";
import { publicKeysOnceAMinute } from "../../shared/http/public_keys.ts";

const KEYS = "https://ref.supabase.co/auth/v1/.well-known/jwks.json";

/** A project whose answers are these, in turn, and the last one from then on. */
function project(...answers: (() => Response)[]) {
  const clock = { now: () => time };
  let time = 0;
  let asked = 0;
  const fetcher: typeof fetch = () => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    return answer ? Promise.resolve(answer()) : Promise.reject(new TypeError("no answer"));
  };
  return {
    fetch: publicKeysOnceAMinute(fetcher, clock),
    asked: () => asked,
    pass: (ms: number) => void (time += ms),
  };
}

Deno.test("a hundred tokens with keys that nobody has cost one request a minute", async () => {
  const { fetch, asked, pass } = project(() => Response.json({ keys: [{ kid: "live" }] }));
  const answers = await Promise.all(Array.from({ length: 100 }, async () => (await fetch(KEYS)).json()));
  assert.deepEqual(new Set(answers.map(({ keys }) => keys[0].kid)), new Set(["live"]));
  assert.equal(asked(), 1);
  pass(59_999);
  await fetch(KEYS);
  assert.equal(asked(), 1);
  pass(1);
  await fetch(KEYS);
  assert.equal(asked(), 2);
});

Deno.test("keys that could not be had are asked for again at once", async () => {
  const { fetch, asked } = project(
    () => new Response("down", { status: 503 }),
    () => Response.json({ keys: [] }),
  );
  assert.equal((await fetch(KEYS)).status, 503);
  assert.equal((await fetch(KEYS)).status, 200);
  assert.equal(asked(), 2);
});

Deno.test("whatever else the client asks goes through", async () => {
  const { fetch, asked } = project(() => Response.json({ id: 1 }));
  await fetch("https://ref.supabase.co/auth/v1/user");
  await fetch(new Request("https://ref.supabase.co/auth/v1/user"));
  assert.equal(asked(), 2);
});
