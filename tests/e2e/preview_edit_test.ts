// Nobody approves an edit unseen: what a call would do with other arguments is shown first, and that is what is decided.
import assert from "node:assert/strict";
import { AgentClientError } from "../../client/mod.ts";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, decisionOn, lend } from "../support/stack/asking.ts";
import { clientOf } from "../support/stack/reading.ts";
import { newUser, testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const refused = (work: Promise<unknown>) =>
  work.then(() => assert.fail("it was not refused"), (error) => {
    assert.ok(error instanceof AgentClientError);
    return { kind: error.kind, field: error.field };
  });

test("an edit is shown with what it would change, and decided as it was shown; a look decides nothing", async () => {
  const user = await newUser();
  const [ann, bob] = await lend(user, "Ann", "Bob");
  await using _ = await scriptModel(user.id, [cancelTurn(ann), { text: "Done." }]);
  const agent = clientOf(user, testStack().url);
  const { run_id } = await agent.run({ message: "Cancel it" });
  const [open] = await agent.approvals();
  assert.ok(open);

  const seen = await agent.preview(run_id, open.tool_call_id, { loan_id: String(bob) });
  assert.deepEqual(seen.arguments, { loan_id: bob });
  assert.match(JSON.stringify(seen.effects), /"Bob"/);
  assert.deepEqual(await borrowers(user), ["Ann", "Bob"]);
  assert.equal((await agent.approvals())[0]?.arguments_sha256, open.arguments_sha256);

  assert.deepEqual(await refused(agent.preview(run_id, open.tool_call_id, { loan_id: "none" })), {
    kind: "bad_request",
    field: "arguments.loan_id",
  });
  const decision = { ...decisionOn(open), arguments: { loan_id: String(bob) } };
  const other = { ...decision, effects: open.effects };
  assert.deepEqual(await refused(agent.decide(run_id, [other])), {
    kind: "conflict",
    field: "decisions.0.effects",
  });
  const run = await agent.decide(run_id, [{ ...decision, effects: seen.effects }]);
  for await (const _event of run.events());
  assert.deepEqual(await borrowers(user), ["Ann"]);
  assert.deepEqual(await refused(agent.preview(run_id, open.tool_call_id, { loan_id: String(ann) })), {
    kind: "conflict",
    field: undefined,
  });
});

test("nobody looks at what another user's call would do", async () => {
  const user = await newUser();
  const [ann] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(ann)]);
  const agent = clientOf(user, testStack().url);
  const { run_id } = await agent.run({ message: "Cancel it" });
  const [open] = await agent.approvals();
  const other = clientOf(await newUser(), testStack().url);
  const look = other.preview(run_id, String(open?.tool_call_id), { loan_id: String(ann) });
  assert.deepEqual(await refused(look), { kind: "not_found", field: undefined });
});
