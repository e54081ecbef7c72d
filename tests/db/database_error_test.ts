// What the database says, as the agents hear it: what passes is one kind of error, whatever it was.
import assert from "node:assert/strict";
import { PostgrestError } from "@supabase/supabase-js";
import {
  AgentError,
  CancelledError,
  LeaseLostError,
  RunBudgetError,
  RunHasOwnerError,
  StoreUnavailable,
  toAgentError,
} from "../../shared/contracts/errors.ts";
import { databaseError } from "../../shared/db/database_error.ts";

const said = (code: string, status: number, message = "no") =>
  databaseError(new PostgrestError({ message, code, details: "", hint: "" }), status);

function kindOf(error: Error) {
  assert.ok(error instanceof AgentError);
  return error.kind;
}

const PASSING: [code: string, status: number][] = [
  ["", 0],
  ["", 502],
  ["", 503],
  ["", 522],
  ["SUP", 500],
  ["PGRST000", 503],
  ["PGRST001", 503],
  ["PGRST002", 503],
  ["PGRST003", 504],
  ["PGRST202", 404],
  ["08000", 503],
  ["08006", 503],
  ["40001", 500],
  ["40P01", 500],
  ["53300", 503],
  ["55P03", 500],
  ["57014", 500],
  ["57P01", 500],
  ["57P02", 500],
  ["57P03", 500],
];

Deno.test("a database that gives no answer, or none that lasts, is unavailable, and its user may try again", () => {
  for (const [code, status] of PASSING) {
    const error = said(code, status);
    assert.ok(error instanceof StoreUnavailable, `${code} ${status}`);
    assert.deepEqual([error.kind, error.retryable], ["internal", true]);
  }
});

Deno.test("what the database refuses for good is a failure of ours, and trying again is of no use", () => {
  for (
    const [code, status] of [["42501", 403], ["42703", 400], ["23514", 400], ["XX000", 500], [
      "PGRST205",
      404,
    ], ["", 403]] as const
  ) {
    const error = said(code, status);
    assert.ok(!(error instanceof StoreUnavailable), `${code} ${status}`);
    assert.equal(kindOf(error), "internal");
    assert.equal(toAgentError(error).retryable, false);
  }
});

Deno.test("a number that leaves no room to go on from is a conflict: its user wrote it", () => {
  for (const code of ["22003", "22008"]) assert.equal(kindOf(said(code, 400)), "conflict");
});

Deno.test("what the run functions raise keeps its own kind", () => {
  assert.ok(said("PT412", 412, "lease_lost") instanceof LeaseLostError);
  assert.ok(said("PT409", 409, "cancel_requested") instanceof CancelledError);
  assert.equal(kindOf(said("PT403", 403, "no_tool_call")), "forbidden");
  assert.equal(kindOf(said("PT404", 404, "run")), "not_found");
  assert.equal(kindOf(said("PT410", 410, "run_purged")), "gone");
  assert.equal(kindOf(said("PGRST303", 401)), "unauthenticated");
});

Deno.test("a schema that the API does not serve is told in a sentence that says who has to do what where", () => {
  const error = said("PGRST106", 406, "Invalid schema: public");
  assert.equal(kindOf(error), "internal");
  assert.match(
    error.message,
    /^The schema public is not exposed: this service's operator has to add it .* \[api\] schemas of supabase\/config\.toml\.$/,
  );
  assert.equal(toAgentError(error).message, error.message);
});

Deno.test("a run's budget is told apart from its user's quota, and a run that has an owner from other conflicts", () => {
  const budget = said("PT429", 429, "run_budget");
  assert.ok(budget instanceof RunBudgetError);
  assert.deepEqual([budget.kind, budget.retryable], ["rate_limited", false]);
  assert.ok(!(said("PT429", 429, "user_quota") instanceof RunBudgetError));
  assert.ok(said("PT409", 409, "run_has_an_owner") instanceof RunHasOwnerError);
  assert.ok(!(said("PT409", 409, "run_unfinished") instanceof RunHasOwnerError));
});
