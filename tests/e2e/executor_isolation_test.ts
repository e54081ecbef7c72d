// Read-only by more than a promise: an executor that is told to write, by its plan and by its model, can't.
import assert from "node:assert/strict";
import { callFunction, chat, eventsOfType } from "../support/stack/calling.ts";
import { answerTurn, onStep, planArguments, planTurn, submitTurn } from "../support/agents/plans.ts";
import { startedRun } from "../support/stack/runs.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test_domain, TOOL_NAMES } from "../support/domain/test_domain.ts";
import { test } from "../support/test.ts";

const READS = test_domain.catalogue.filter((tool) => tool.access === "read").map((tool) => tool.name);

test("an executor handed every tool is offered only those that read", async () => {
  assert.ok(READS.length > 0 && READS.length < TOOL_NAMES.length);
  const user = await newUser();
  const plan_id = await forgedPlan(user, TOOL_NAMES);
  await using script = await scriptModel(user.id, [submitTurn(1)]);

  const response = await callFunction(user, "agent-executor", { body: { plan_id, step_number: 1 } });

  assert.equal(response.status, 200);
  await response.text();
  const offered = (await script.requests()).map(toolNames);
  assert.deepEqual(offered[0]?.toSorted(), [...READS, "submit_result"].toSorted());
  const { data } = await user.client.from("agents").select("available_tools").eq("type", "executor").single();
  assert.deepEqual([data?.available_tools].flat().toSorted(), READS.toSorted());
});

test("a model that demands a write from an executor gets a refusal, and no row changes", async () => {
  const user = await newUser();
  await user.client.from("books").insert({ user_id: user.id, title: "Keep me" });
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1, tools: ["list_books"] }]),
    { when: onStep(1), tool_calls: [{ name: "create_book", arguments: { title: "Smuggled" } }] },
    submitTurn(1),
    answerTurn(),
  ]);

  const { events } = await chat(user, { message: "Look around" });

  const refused = eventsOfType(events, "tool_result");
  assert.deepEqual(refused.map((event) => event.ok), [false]);
  const books = await user.client.from("books").select("title");
  assert.deepEqual(books.data, [{ title: "Keep me" }]);
  const calls = await user.client.from("agent_tool_calls").select("tool_name, status, access").eq(
    "status",
    "rejected",
  );
  assert.deepEqual(calls.data, [{ tool_name: "create_book", status: "rejected", access: "write" }]);
});

/** A plan that the user wrote into the table by hand, past all checks of ours. */
async function forgedPlan(user: TestUser, tools: string[]): Promise<string> {
  const run = await startedRun(user);
  const id = crypto.randomUUID();
  const inserted = await user.client.from("agent_plans").insert({
    id,
    user_id: user.id,
    session_id: run.session_id,
    run_id: run.run_id,
    planner_agent_id: run.agent_id,
    user_message: "forged",
    goal: "forged",
    steps: planArguments([{ step_number: 1, tools }]).steps,
  });
  if (inserted.error) throw inserted.error;
  return id;
}

function toolNames(request: Record<string, unknown>): string[] {
  const tools: { function: { name: string } }[] = JSON.parse(JSON.stringify(request.tools ?? []));
  return tools.map((tool) => tool.function.name);
}
