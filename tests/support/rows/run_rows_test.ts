import assert from "node:assert/strict";
import { chat } from "../stack/calling.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../agents/plans.ts";
import { readRunRows } from "./run_rows.ts";
import { type ScriptedTurnInput, scriptModel } from "../models/script.ts";
import { database, newUser, type TestUser } from "../stack/stack.ts";
import { test } from "../test.ts";

/** What the host reports, so that its prompt cache, which other calls fill, makes no difference. */
const usage = {
  prompt_tokens: 100,
  completion_tokens: 10,
  total_tokens: 110,
  prompt_tokens_details: { cached_tokens: 0 },
};

const look = (n: number) => ({
  when: onStep(n),
  tool_calls: [{ name: "list_books", arguments: { limit: n } }],
});

/** Two steps side by side, of which the first ends first, and one that writes. */
function turns(late: 1 | 2, title: string): ScriptedTurnInput[] {
  const steps = [
    { step_number: 1 },
    { step_number: 2 },
    { step_number: 3, executor_required: false, tools: ["create_book"], depends_on: [1, 2] },
  ];
  return [
    { ...planTurn(steps), text: "Let me look." },
    { ...look(late), hold: "look" },
    look(late === 1 ? 2 : 1),
    submitTurn(1),
    { ...submitTurn(2), hold: "end" },
    { when: onStep(3), tool_calls: [{ name: "create_book", arguments: { title } }] },
    submitTurn(3),
    answerTurn("Done."),
  ].map((turn) => ({ ...turn, usage }));
}

/** The rows of the run in which one of the two looks comes after the other. */
async function rowsOf(late: 1 | 2, title: string): Promise<unknown> {
  const user = await newUser();
  await using script = await scriptModel(user.id, turns(late, title));
  const turn = chat(user, { message: "Do it" });
  if (late === 1) await script.reached("end");
  else await endOfFirst(user);
  await script.release("look");
  await endOfFirst(user);
  await script.release("end");
  const { state } = await turn;
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  return await readRunRows(sql, state.run_id);
}

async function endOfFirst(user: TestUser): Promise<void> {
  for (;;) {
    const { data } = await user.client.from("agent_executions").select("status").eq("step_number", 1);
    if (data?.[0] && data[0].status !== "running") return;
  }
}

test("two runs of one script have equal rows, whichever of two parallel steps was faster", async () => {
  const rows = await rowsOf(1, "Milk");
  assert.deepEqual(await rowsOf(2, "Milk"), rows);
  const text = JSON.stringify(rows);
  for (const word of ["Milk", "Let me look.", "list_books", "step_complete", "Step 3 is done."]) {
    assert.ok(text.includes(word), word);
  }
});

test("runs that did something else have other rows", async () => {
  assert.notDeepEqual(await rowsOf(1, "Milk"), await rowsOf(1, "Salt"));
});
