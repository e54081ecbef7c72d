// RUN_MAX_TOOL_CALLS holds for a whole run: for steps that work side by side, and for one turn that asks for many.
// What the rows and the domain's own table hold is counted, beside what the ledger says.
import assert from "node:assert/strict";
import { chat } from "../support/stack/calling.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { scriptModel } from "../support/models/script.ts";
import { answerTurn, onStep, planTurn } from "../support/agents/plans.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const STEPS = [1, 2, 3, 4];

/** How many calls of this tool were made, and how many were refused. */
async function callsOf(user: TestUser, tool_name: string): Promise<{ made: number; refused: number }> {
  const { data, error } = await user.client.from("agent_tool_calls").select("status").eq(
    "tool_name",
    tool_name,
  );
  if (error) throw error;
  const made = data.filter(({ status }) => status === "succeeded").length;
  return { made, refused: data.length - made };
}

/** What counts against the run's limit at its end. */
async function counted(user: TestUser): Promise<number> {
  const { data, error } = await user.client.from("usage_ledger").select("tool_calls");
  if (error) throw error;
  return data.reduce((sum, { tool_calls }) => sum + (tool_calls ?? 0), 0);
}

const looks = (n: number) => Array.from({ length: n }, () => ({ name: "list_books", arguments: {} }));

for (const limit of [1, 4, 6, 11]) {
  test(`of ${limit} tool calls, four steps side by side that ask for four each make no more`, async () => {
    await using functions = await functionsWith({ RUN_MAX_TOOL_CALLS: String(limit) });
    const user = await newUser();
    const script = await scriptModel(user.id, [
      planTurn(STEPS.map((step_number) => ({ step_number }))),
      ...STEPS.map((n) => ({ when: { ...onStep(n), last: "user" as const }, tool_calls: looks(4) })),
      {
        ...{ when: { tool: "submit_result" }, times: "any" as const },
        tool_calls: [{ name: "submit_result", arguments: { status: "completed", summary: "Looked." } }],
      },
      { ...answerTurn("So far."), times: "any" as const },
    ]);
    const { state } = await chat(user, { message: "Look" }, functions.url);
    assert.equal(state.status, "completed");
    const { made } = await callsOf(user, "list_books");
    assert.ok(made <= limit, `${made} were made`);
    assert.ok(await counted(user) <= limit);
    // Whoever came too late for the budget leaves turns unused.
    await script.end().catch(() => {});
  });
}

for (const limit of [1, 6]) {
  test(`of ${limit} tool calls, one turn that asks for ten writes makes ${limit}`, async () => {
    await using functions = await functionsWith({ RUN_MAX_TOOL_CALLS: String(limit) });
    const user = await newUser();
    const books = Array.from(
      { length: 10 },
      (_, n) => ({ name: "create_book", arguments: { title: `Book ${n}` } }),
    );
    await using _ = await scriptModel(user.id, [
      { tool_calls: books },
      { when: { contains: "The limit" }, text: "As many as I may." },
    ]);
    const { state } = await chat(user, { message: "Ten books" }, functions.url);
    assert.deepEqual(state.parts, ["As many as I may."]);
    assert.deepEqual(await callsOf(user, "create_book"), { made: limit, refused: 10 - limit });
    const { data } = await user.client.from("books").select("id");
    assert.equal(data?.length, limit);
    assert.equal(await counted(user), limit);
  });
}
