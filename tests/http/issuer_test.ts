// Whose tokens count.
import assert from "node:assert/strict";
import { issuerCheck } from "../../shared/http/issuer.ts";

Deno.test("a hosted project takes the tokens of its own auth server, and of nobody else", () => {
  const isIssuer = issuerCheck("https://ref.supabase.co", {});
  assert.ok(isIssuer("https://ref.supabase.co/auth/v1"));
  for (
    const iss of [
      undefined,
      "",
      "https://other.supabase.co/auth/v1",
      "https://ref.supabase.co/auth/v1/",
      "https://ref.supabase.co.example.com/auth/v1",
      "http://ref.supabase.co/auth/v1",
      "http://127.0.0.1:54321/auth/v1",
      "supabase",
    ]
  ) assert.ok(!isIssuer(iss), String(iss));
});

Deno.test("a local stack takes tokens that name no issuer, or one on loopback under any name", () => {
  const isIssuer = issuerCheck("http://kong:8000", {});
  for (
    const iss of [
      undefined,
      "http://kong:8000/auth/v1",
      "http://127.0.0.1:54321/auth/v1",
      "http://localhost:54321/auth/v1",
    ]
  ) assert.ok(isIssuer(iss), String(iss));
  for (const iss of ["https://ref.supabase.co/auth/v1", "http://127.0.0.1.example.com/auth/v1", "supabase"]) {
    assert.ok(!isIssuer(iss), iss);
  }
});

Deno.test("AUTH_ISSUERS names the issuers of a project with a domain of its own", () => {
  const env = { AUTH_ISSUERS: "https://api.example.com/auth/v1, https://ref.supabase.co/auth/v1" };
  const isIssuer = issuerCheck("https://ref.supabase.co", env);
  assert.ok(isIssuer("https://api.example.com/auth/v1"));
  assert.ok(isIssuer("https://ref.supabase.co/auth/v1"));
  assert.ok(!isIssuer("https://other.example.com/auth/v1"));
  assert.ok(!isIssuer(undefined));
  assert.throws(() => issuerCheck("https://ref.supabase.co", { AUTH_ISSUERS: "mine" }), /AUTH_ISSUERS/);
});
