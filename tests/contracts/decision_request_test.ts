// What a person may send who decides, and what an error names.
import assert from "node:assert/strict";
import { DecisionsRequest } from "../../shared/contracts/decision_request.ts";

const ID = crypto.randomUUID();
const decision = { tool_call_id: ID, approved: true, arguments_sha256: "a".repeat(64) };

function problem(...decisions: Record<string, unknown>[]): string | undefined {
  const issue = DecisionsRequest.safeParse({ decisions }).error?.issues[0];
  return issue && `${issue.path.join(".")} ${issue.message}`;
}

Deno.test("a decision names its call and the arguments that were shown, and streams unless it is told not to", () => {
  assert.deepEqual(DecisionsRequest.parse({ decisions: [decision] }), {
    decisions: [decision],
    stream: true,
  });
  assert.match(problem() ?? "", /^decisions must not be empty/);
  assert.match(
    problem({ ...decision, arguments_sha256: "abc" }) ?? "",
    /^decisions\.0\.arguments_sha256 must be/,
  );
  assert.match(problem({ ...decision, tool_call_id: "1" }) ?? "", /^decisions\.0\.tool_call_id /);
  assert.match(problem(decision, { ...decision, approved: "yes" }) ?? "", /^decisions\.1\.approved /);
});

Deno.test("no call is decided on twice in one request", () => {
  assert.equal(
    problem(decision, { ...decision, approved: false }),
    "decisions.1.tool_call_id is decided on twice",
  );
});

Deno.test("whoever declines edits nothing and allows nothing", () => {
  const declined = { ...decision, approved: false };
  const message = "must be left out where approved is false";
  assert.equal(problem({ ...declined, arguments: {} }), `decisions.0.arguments ${message}`);
  assert.equal(problem({ ...declined, scope: "always" }), `decisions.0.scope ${message}`);
  assert.equal(problem({ ...declined, scope: "once" }), undefined);
});

Deno.test("a reason is kept as text that can be stored, of at most 2,000 characters", () => {
  const reason = (text: string) => DecisionsRequest.parse({ decisions: [{ ...decision, reason: text }] });
  assert.equal(reason("  No\u0000t\u0007 now.\n").decisions[0]?.reason, "Not now.");
  assert.equal(
    problem({ ...decision, reason: "x".repeat(2_001) }),
    "decisions.0.reason must have at most 2000 characters",
  );
});

Deno.test("a misspelt field is no decision", () => {
  const parsed = DecisionsRequest.safeParse({ decisions: [{ ...decision, argumants: {} }] });
  assert.equal(parsed.error?.issues[0]?.code, "unrecognized_keys");
});
