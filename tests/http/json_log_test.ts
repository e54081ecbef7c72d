// What the functions' log shows of errors, and what it never shows.
import assert from "node:assert/strict";
import { createJsonLog, redacted } from "../../shared/http/json_log.ts";

// In halves, so that no scanner takes a made-up key for a leaked one.
const KEYS = [
  ["sk-", "proj-Ab12Cd34Ef56Gh78"],
  ["sk-or-v1-", "0123456789abcdef0123456789abcdef"],
  ["sk-", "abc***********wxyz"],
  ["gsk_", "A1b2C3d4E5f6G7h8"],
  ["xai-", "A1b2C3d4E5f6G7h8"],
  ["AIza", "SyA1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q"],
  ["AKIA", "IOSFODNN7EXAMPLE"],
  ["sb_secret_", "A1b2C3d4E5f6_G7h8"],
  ["eyJhbGciOiJI", "UzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N"],
  ["ghp_", "A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8"],
  ["A1b2C3d4E5f6G7h8I9j0", "K1l2M3n4O5p6Q7r8S9t0U1v2W3"],
].map((halves) => halves.join(""));

const SENTENCES = [
  (key: string) => `Incorrect API key provided: ${key}. You can find yours at https://example.com/account`,
  (key: string) => `{"error":{"message":"bad","api_key":"${key}"}}`,
  (key: string) => `Authorization: Bearer ${key}`,
  (key: string) => `the header was "bearer ${key}"`,
  (key: string) => `https://host.example/v1?key=${key}&x=1`,
  (key: string) => `${key} is revoked`,
];

Deno.test("a key that a host quotes is in no line of the log, whatever the sentence around it", () => {
  for (const key of KEYS) {
    for (const sentence of SENTENCES) {
      const clean = redacted(sentence(key));
      for (let at = 0; at + 8 <= key.length; at += 1) {
        const piece = key.slice(at, at + 8);
        // The prefix says whose key it is, and opens nothing.
        if (at >= 10) assert.ok(!clean.includes(piece), `${sentence(key)} became ${clean}`);
      }
      assert.match(clean, /\[key\]/);
    }
  }
});

Deno.test("the password of a database's address is left out, and the rest of the address stays", () => {
  assert.equal(
    redacted("connect to postgres://postgres:s3cret-word@db.example.com:5432/postgres failed"),
    "connect to postgres://postgres:[key]@db.example.com:5432/postgres failed",
  );
});

Deno.test("what an operator looks for stays: ids, codes, counts, paths and sentences", () => {
  for (
    const text of [
      'duplicate key value violates unique constraint "agent_runs_request_key"',
      "run 0b5a7f6e-3a3c-4d0e-9d58-0d4a5f7f1c11 at shared/agents/durable/run_log.ts:42",
      "This model's maximum context length is 8192 tokens, however you requested 9000 tokens",
      "finish_step: PT412 lease_lost",
      "input_tokens: 1234567, output_tokens=88, max_tokens: 4096",
      "the token is invalid or has expired",
      "https://ref.supabase.co/auth/v1/.well-known/jwks.json",
      "gen-1795633398-abcdefghij",
    ]
  ) assert.equal(redacted(text), text);
});

Deno.test("an entry holds the causes of an error, without the keys in them", () => {
  const lines: string[] = [];
  const log = createJsonLog((line) => lines.push(line));
  const key = KEYS[0] ?? "";
  log.error("a request failed", {
    request_id: "r1",
    error: new Error(`outer ${key}`, { cause: new Error(`inner ${key}`) }),
  });
  const [line = ""] = lines;
  assert.equal(JSON.parse(line).error.cause.message, "inner [key]");
  assert.ok(!line.includes(key.slice(8)));
});
