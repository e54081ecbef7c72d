// The checker itself: it accepts runs of every kind as the stack makes them today, and refuses each of them once a
// row, an event or the stream is broken by hand, under the right name.
import assert from "node:assert/strict";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import { assertInvariants, checkInvariants } from "../invariants/invariants.ts";
import type { Invariant } from "../invariants/evidence.ts";
import { type Fault, first } from "./breaking.ts";
import { LOG_FAULTS } from "./broken_logs.ts";
import { WORK_FAULTS } from "./broken_work.ts";
import { callFunction, chat, readTurn } from "../stack/calling.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../agents/plans.ts";
import { type ScriptedTurnInput, scriptModel } from "../models/script.ts";
import { database, newUser } from "../stack/stack.ts";
import { readStoredRun, type StoredRun } from "../rows/stored_run.ts";
import { test } from "../test.ts";

interface Recorded {
  rows: StoredRun;
  streamed: RunEvent[];
}

/** A run as it stands in the database, with what its caller was sent. */
async function recorded(turns: ScriptedTurnInput[]): Promise<Recorded> {
  const user = await newUser();
  await using _ = await scriptModel(user.id, turns);
  const { events, state } = await chat(user, { message: "Do it" });
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  return { rows: await readStoredRun(sql, state.run_id), streamed: events };
}

const look = (n: number): ScriptedTurnInput => ({
  when: onStep(n),
  tool_calls: [{ name: "list_books", arguments: { limit: 5 } }, { name: "list_books", arguments: {} }],
});

const PLANNED: ScriptedTurnInput[] = [
  {
    ...planTurn([
      { step_number: 1 },
      { step_number: 2 },
      { step_number: 3, executor_required: false, tools: ["create_book"], depends_on: [1, 2] },
    ]),
    text: "Let me look.",
  },
  look(1),
  submitTurn(1),
  submitTurn(2),
  {
    when: onStep(3),
    tool_calls: [{ name: "create_book", arguments: { notes: "Two.", title: "Milk" } }],
  },
  submitTurn(3),
  answerTurn("It is done."),
];

const question = "Which of the two?";
const GOOD: Record<string, ScriptedTurnInput[]> = {
  "in which the planner answers at once": [{ text: "Hello." }],
  "in which the planner uses tools, wrongly at first": [
    {
      text: "I look.",
      tool_calls: [{ name: "list_books", arguments: { status: "?" } }, { name: "fly", arguments: "{" }],
    },
    { tool_calls: [{ name: "create_book", arguments: { title: "Milk" } }] },
    { text: "Done." },
  ],
  "with a plan": PLANNED,
  "with a question": [
    planTurn([{ step_number: 1 }]),
    submitTurn(1, { status: "needs_input", summary: "Two match.", open_questions: [question] }),
    { when: { contains: question, not_tool: "submit_result" }, text: "The newer one." },
    { ...submitTurn(1), when: { contains: "The newer one.", tool: "submit_result" } },
    { when: { tool: "list_books" }, text: "All done." },
  ],
  "with a plan that is replaced, and skipped steps": [
    planTurn([{ step_number: 1 }, { step_number: 2 }, { step_number: 3, depends_on: [2] }]),
    submitTurn(1),
    submitTurn(2, { status: "failed", summary: "Nothing there." }),
    planTurn([{ step_number: 4, depends_on: [1] }]),
    submitTurn(4),
    answerTurn(),
  ],
  "whose model fails": [planTurn([{ step_number: 1 }]), submitTurn(1), {
    error: { status: 401, body: "{}" },
  }],
};

for (const [name, turns] of Object.entries(GOOD)) {
  test(`a run ${name} keeps every invariant`, async () => {
    const { rows, streamed } = await recorded(turns);
    await assertInvariants(rows, { streamed });
  });
}

test("a run that is cancelled keeps every invariant", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }, { step_number: 2 }]),
    look(1),
    { hold: "one", ...submitTurn(1) },
    { hold: "two", ...submitTurn(2) },
  ]);
  const response = await callFunction(user, "agent-planner", { body: { message: "Go" } });
  await Promise.all([script.reached("one"), script.reached("two")]);
  const run_id = response.headers.get("x-run-id") ?? "";
  await (await callFunction(user, `agent-planner/runs/${run_id}/cancel`, { body: {} })).text();
  const { events } = await readTurn(response);

  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  await checkInvariants(sql, run_id, { streamed: events });

  const rows = await readStoredRun(sql, run_id);
  const later = new Date(Date.parse(rows.run.cancel_requested_at ?? "") + 10_000).toISOString();
  await refused("I7", /list_books began 10000 ms after/, rows, events, ({ tool_calls }) => {
    first(tool_calls, (call) => call.tool_name === "list_books").created_at = later;
  });
  await refused("I7", /attempt 1 at step 1 was claimed/, rows, events, ({ executions }) => {
    first(executions).created_at = later;
  });
  await refused("I7", /the model was asked for message/, rows, events, ({ messages }) => {
    for (const message of messages) message.created_at = later;
  });
});

test("each thing that can be wrong with a run is refused under its name", async () => {
  const { rows, streamed } = await recorded(PLANNED);
  await assertInvariants(rows, { streamed });
  for (const { what, invariant, says, make } of [...LOG_FAULTS, ...WORK_FAULTS]) {
    await refused(invariant, says, rows, streamed, make, what);
  }
});

async function refused(
  invariant: Invariant,
  says: RegExp,
  good: StoredRun,
  sent: readonly RunEvent[],
  make: Fault["make"],
  what = String(says),
): Promise<void> {
  const rows = structuredClone(good);
  const streamed = structuredClone([...sent]);
  make(rows, streamed);
  const error: unknown = await assertInvariants(rows, { streamed }).then(() => null, (thrown) => thrown);
  assert.ok(error instanceof assert.AssertionError, `${what} was accepted`);
  const named = error.message.split(/\n(?=I\d: )/).filter((line) => line.startsWith(`${invariant}: `));
  assert.ok(named.some((line) => says.test(line)), `${what}: ${error.message}`);
}
