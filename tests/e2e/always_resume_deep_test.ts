// Always-resume mode: the owner hands the run over after every checkpoint, so that a run of any length is made of
// the shortest possible pieces. What comes of it must be what comes of a run that was never interrupted: the same
// rows, ids and times aside, and the same model calls, each made once.
import assert from "node:assert/strict";
import { createAgentClient } from "../../client/mod.ts";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { comparable } from "../support/models/model_requests.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { readRunRows } from "../support/rows/run_rows.ts";
import { type ScriptedTurnInput, scriptModel } from "../support/models/script.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { readStoredRun } from "../support/rows/stored_run.ts";
import { test } from "../support/test.ts";

interface Scenario {
  turns: ScriptedTurnInput[];
  /** How many owners the run has at least, one after the other, when each hands off as soon as it may. */
  owners: number;
}

const question = "Which of the two books?";
const book = (title: string) => ({ name: "create_book", arguments: { notes: "Soon.", title } });

const SCENARIOS: Record<string, Scenario> = {
  "an answer at once": { owners: 1, turns: [{ text: "Good morning. How are you?" }] },
  "tools, a write among them": {
    owners: 2,
    turns: [
      { text: "Let me look.", tool_calls: [{ name: "list_books", arguments: {} }] },
      { tool_calls: [book("Milk"), { name: "list_books", arguments: { limit: 5 } }] },
      { text: "There is milk on the list now." },
    ],
  },
  "a plan with two steps side by side and one that writes": {
    owners: 3,
    turns: [
      {
        ...planTurn([
          { step_number: 1 },
          { step_number: 2, tools: ["list_loans"] },
          { step_number: 3, executor_required: false, tools: ["create_book"], depends_on: [1, 2] },
        ]),
        text: "I make a plan.",
      },
      { when: onStep(1), tool_calls: [{ name: "list_books", arguments: {} }] },
      submitTurn(1, { data: { books: 0 } }),
      { when: onStep(2), tool_calls: [{ name: "list_loans", arguments: { query: "milk" } }] },
      { when: onStep(2), tool_calls: [{ name: "list_loans", arguments: { query: "salt" } }] },
      submitTurn(2),
      { when: onStep(3), tool_calls: [book("Milk")] },
      { when: onStep(3), tool_calls: [book("Salt")] },
      submitTurn(3),
      answerTurn("Milk and salt are on the list."),
    ],
  },
  "a step of many look-ups, and one of many writes": {
    owners: 3,
    turns: [
      planTurn([
        { step_number: 1 },
        { step_number: 2, executor_required: false, tools: ["create_book"], depends_on: [1] },
      ]),
      ...[1, 2, 3, 4, 5, 6, 7].map((limit) => ({
        when: onStep(1),
        tool_calls: [{ name: "list_books", arguments: { limit } }],
      })),
      submitTurn(1),
      ...["One", "Two", "Three", "Four", "Five", "Six"].map((title) => ({
        when: onStep(2),
        tool_calls: [book(title)],
      })),
      submitTurn(2),
      answerTurn("Six books are on the list."),
    ],
  },
  "calls that are not run": {
    owners: 2,
    turns: [
      {
        tool_calls: [
          { name: "list_books", arguments: '{"limit": ' },
          { name: "fly", arguments: { to: "the moon" } },
          { name: "list_books", arguments: {} },
        ],
      },
      // Slowly, so that the turn before is stored by then, and this one is the next owner's to refuse.
      { finish_reason: "length", tool_calls: [book("Cut off")], first_token_ms: 150 },
      { text: "None of that came to anything." },
    ],
  },
  "a plan that is replaced, with a bad plan before it, a failed step, a skipped one and one in plain text": {
    owners: 3,
    turns: [
      planTurn([{ step_number: 1, tools: ["create_book"] }, { step_number: 2, depends_on: [7] }]),
      planTurn([{ step_number: 1 }, { step_number: 2 }, { step_number: 3, depends_on: [2] }]),
      { when: onStep(1), text: "I found three." },
      { when: onStep(1), text: "Three, as I said." },
      submitTurn(2, { status: "failed", summary: "Nothing there." }),
      planTurn([{ step_number: 4, executor_required: false, tools: ["create_book"], depends_on: [1] }]),
      { when: onStep(4), tool_calls: [book("Pepper"), book("Salt")] },
      submitTurn(4),
      answerTurn("It worked the second time."),
    ],
  },
  "a step that asks a question": {
    owners: 2,
    turns: [
      planTurn([{ step_number: 1 }]),
      { when: onStep(1), tool_calls: [{ name: "list_books", arguments: {} }] },
      submitTurn(1, { status: "needs_input", summary: "Two books match.", open_questions: [question] }),
      { when: { contains: question, not_tool: "submit_result" }, text: "The newer one." },
      { ...submitTurn(1), when: { contains: "The newer one.", tool: "submit_result" } },
      { when: { tool: "list_books" }, text: "All done." },
    ],
  },
};

/** What the host reports, so that its prompt cache, which other calls fill, makes no difference. */
const usage = {
  ...{ prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 },
  prompt_tokens_details: { cached_tokens: 0 },
};

function clientOf(user: TestUser, url: string) {
  const { publishable_key } = testStack();
  return createAgentClient({ url, publishable_key, token: () => user.token, random: () => 0 });
}

/** One run of the script, read by a client that reconnects. */
async function runOf({ turns }: Scenario, url: string) {
  const user = await newUser();
  await using script = await scriptModel(user.id, turns.map((turn) => ({ ...turn, usage })));
  const client = clientOf(user, url);
  const run = await client.startRun({ message: "Go", time_zone: "Europe/Berlin" });
  const streamed: ReadEvent[] = [];
  for await (const event of run.events()) streamed.push(event);

  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  await checkInvariants(sql, run.run_id, { streamed });
  const { run: { status, lease_generation }, ledger } = await readStoredRun(sql, run.run_id);
  return {
    status,
    owners: Number(lease_generation),
    tool_calls: ledger.reduce((sum, row) => sum + row.tool_calls, 0),
    rows: await readRunRows(sql, run.run_id),
    requests: comparable(await script.requests()),
  };
}

for (const [name, scenario] of Object.entries(SCENARIOS)) {
  test(`handed off after every checkpoint it is the same run: ${name}`, async () => {
    await using functions = await functionsWith({ RUN_DEADLINE_SECONDS: "0" });
    const whole = await runOf(scenario, testStack().url);
    const pieces = await runOf(scenario, functions.url);

    assert.equal(whole.status, "completed");
    assert.equal(whole.owners, 1, "nobody interrupted this one");
    assert.ok(pieces.owners >= scenario.owners, `it had ${pieces.owners} owners only`);
    assert.deepEqual(
      pieces.requests,
      whole.requests,
      "a model call was repeated, left out, or made otherwise",
    );
    assert.deepEqual(pieces.rows, whole.rows);
    assert.ok(pieces.tool_calls >= whole.tool_calls, "a tool call was made and not counted");
  });
}

test("a cancel reaches the owner of the moment, and it ends once", async () => {
  await using functions = await functionsWith({ RUN_DEADLINE_SECONDS: "0" });
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }, { step_number: 2, depends_on: [1] }]),
    { when: onStep(1), tool_calls: [{ name: "list_books", arguments: {} }] },
    { ...submitTurn(1), hold: "cancelled" },
  ]);
  const run = await clientOf(user, functions.url).startRun({ message: "Go" });
  await script.reached("cancelled");
  await run.cancel();
  const streamed = await Array.fromAsync(run.events());

  const end = streamed.at(-1);
  assert.ok(end?.type === "done" && end.status === "cancelled");
  await using stack = new AsyncDisposableStack();
  const sql = stack.adopt(database(), (sql) => sql.end());
  await checkInvariants(sql, run.run_id, { streamed });
  const { run: { lease_generation } } = await readStoredRun(sql, run.run_id);
  assert.ok(Number(lease_generation) > 1, "the run has had one owner only");
  assert.equal((await script.requests()).length, 3, "no model call started after the cancel");
});
