// What a model reads where the database refuses what a tool asked for.
import assert from "node:assert/strict";
import { PostgrestError } from "@supabase/supabase-js";
import type { ToolErrorKind } from "../../shared/contracts/tool_result.ts";
import { DatabaseError, refusal } from "../../shared/tools/database_errors.ts";

const said = (code: string, message: string) =>
  new DatabaseError(new PostgrestError({ code, message, details: "", hint: "" }), 400);

const GENERAL: [code: string, message: string, kind: ToolErrorKind, answer: RegExp][] = [
  [
    "23502",
    'null value in column "city" of relation "shops" violates not-null constraint',
    "invalid_arguments",
    /missing: city\./,
  ],
  [
    "23503",
    'insert or update on table "a" violates foreign key constraint "a_b_fkey"',
    "not_found",
    /no row there is/,
  ],
  [
    "23503",
    'update or delete on table "b" violates foreign key constraint "a_b_fkey" on table "a"',
    "conflict",
    /still refer/,
  ],
  ["23505", 'duplicate key value violates unique constraint "a_name_key"', "conflict", /one already/],
  [
    "23514",
    'new row for relation "a" violates check constraint "a_n_check"',
    "invalid_arguments",
    /break a rule/,
  ],
  ["22P02", 'invalid input syntax for type bigint: "x"', "invalid_arguments", /can't hold/],
  ["42501", "permission denied for table a", "not_allowed", /no right/],
];

for (const [code, message, kind, answer] of GENERAL) {
  Deno.test(`a table without refusals answers ${code} as ${kind}: ${message.slice(0, 30)}…`, () => {
    const result = refusal(said(code, message));
    assert.ok(result && !result.ok);
    assert.equal(result.error, kind);
    assert.match(result.message, answer);
    assert.doesNotMatch(result.message, /constraint|relation|table|_fkey|_key|_check|violates/);
  });
}

Deno.test("the domain's words for a constraint go before the general ones", () => {
  const refusals = { a_n_check: ["invalid_arguments", "n is at most 5."] } as const;
  const own = refusal(
    said("23514", 'new row for relation "a" violates check constraint "a_n_check"'),
    refusals,
  );
  assert.equal(own?.message, "n is at most 5.");
  const other = refusal(
    said("23514", 'new row for relation "a" violates check constraint "a_m_check"'),
    refusals,
  );
  assert.match(other?.message ?? "", /break a rule/);
});

Deno.test("a receipt that stands in the way is no conflict for the model, and neither is what it can't mend", () => {
  const receipt = 'duplicate key value violates unique constraint "tool_receipts_pkey"';
  assert.equal(refusal(said("23505", receipt)), undefined);
  assert.equal(refusal(said("42P01", 'relation "a" does not exist')), undefined);
  assert.equal(refusal(said("", "")), undefined);
});
