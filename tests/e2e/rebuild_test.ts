// The record is whole: from the rows alone, every prompt that the model server was sent can be built again, with what
// there was no room for told by the call's row in the ledger.
import assert from "node:assert/strict";
import { z } from "zod";
import { preview } from "../../shared/contracts/text.ts";
import { chat, eventsOfType } from "../support/stack/calling.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { type Script, type ScriptedTurnInput, scriptModel } from "../support/models/script.ts";
import { type ModelCall, modelCallsOf } from "../support/rows/model_calls.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const failure = { error: { status: 401, body: "{}" } };

const RUNS: Record<string, { turns: ScriptedTurnInput[]; status: string }> = {
  simple: { turns: [{ text: "Hello." }], status: "completed" },
  tool_use: {
    turns: [
      { text: "Let me look.", tool_calls: [{ id: "a", name: "list_books", arguments: { limit: 3 } }] },
      {
        tool_calls: [{ name: "list_loans", arguments: { query: "x" } }, {
          name: "nothing",
          arguments: "{",
        }],
      },
      { text: "Nothing there." },
    ],
    status: "completed",
  },
  complex: {
    turns: [
      planTurn([
        { step_number: 1 },
        { step_number: 2, tools: ["list_loans"] },
        { step_number: 3, executor_required: false, tools: ["create_book"], depends_on: [1, 2] },
      ]),
      { when: onStep(1), tool_calls: [{ name: "list_books", arguments: {} }] },
      submitTurn(1, { status: "needs_input", summary: "Which?", open_questions: ["Which one?"] }),
      { when: { contains: "Which one?", not_tool: "submit_result" }, text: "The first." },
      { ...submitTurn(1), when: { contains: "The first.", tool: "submit_result" } },
      submitTurn(2, { status: "failed", summary: "Not found." }),
      answerTurn("Some of it failed."),
    ],
    status: "completed",
  },
  "a failed run": {
    turns: [{ tool_calls: [{ name: "list_books", arguments: {} }] }, failure],
    status: "failed",
  },
};

for (const [name, { turns, status }] of Object.entries(RUNS)) {
  test(`every prompt of ${name} can be built again from the rows`, async () => {
    const user = await newUser();
    const script = await scriptModel(user.id, turns);
    const { state } = await chat(user, { message: `A turn that is ${name}` });
    assert.equal(state.status, status);

    const sent = await sentPrompts(script);
    const rebuilt = await rebuiltPrompts(user);
    assert.deepEqual(rebuilt.toSorted(), sent.toSorted());
    await script.end();
  });
}

test("the prompts of later turns are built with the history as it was rendered when each thread was opened", async () => {
  const user = await newUser();
  const script = await scriptModel(user.id, [
    { text: "First answer." },
    failure,
    { tool_calls: [{ name: "list_tasks", arguments: {} }] },
    { text: "Third answer." },
  ]);
  const { state: { session_id } } = await chat(user, { message: "First" });
  assert.ok(session_id);
  await chat(user, { message: "Second", session_id });
  await chat(user, { message: "Third", session_id });

  const sent = await sentPrompts(script);
  assert.deepEqual((await rebuiltPrompts(user)).toSorted(), sent.toSorted());
  const roles = z.array(z.object({ role: z.string() })).parse(JSON.parse(sent.at(-1) ?? "")).map(({ role }) =>
    role
  );
  const before = ["user", "assistant", "user", "assistant"];
  assert.deepEqual(
    roles,
    ["system", ...before, "user", "assistant", "tool"],
    "a turn that failed has an answer, too",
  );
  await script.end();
});

/** As little as there may be, so that a few results fill it. */
const WINDOW = { PLANNER_WINDOW_TOKENS: "5000" };

test("a prompt that was cut to its window is built again from the rows and the cuts that stand on its call in the ledger, also of a call that failed", async () => {
  const user = await newUser();
  await using functions = await functionsWith(WINDOW);
  const words = (n: number) => "several plain words ".repeat(n);
  const titles = Array.from(
    { length: 30 },
    (_, i) => ({ title: `Book ${i} ${"of many words ".repeat(10)}` }),
  );
  assert.equal((await user.client.from("books").insert(titles)).error, null);
  const look = (id: string) => ({ id, name: "list_books", arguments: { limit: 30 } });
  const script = await scriptModel(user.id, [
    { text: words(250) },
    { text: words(400), tool_calls: [look("a")] },
    {
      text: words(400),
      tool_calls: [look("b"), { id: "c", name: "list_loans", arguments: { query: words(60) } }],
    },
    { tool_calls: [look("d"), look("e"), look("f")] },
    { tool_calls: [look("g"), look("h"), look("i")] },
    { tool_calls: ["j", "k", "l", "m", "n", "o"].map(look) },
    failure,
  ]);
  const { state: { session_id } } = await chat(user, { message: "First" }, functions.url);
  const { state, events } = await chat(user, { message: "Second", session_id }, functions.url);
  assert.equal(state.status, "failed");

  const sent = await sentPrompts(script);
  assert.deepEqual((await rebuiltPrompts(user)).toSorted(), sent.toSorted());
  const { data } = await user.client.from("agent_chat_messages").select("tool_call_id, content")
    .eq("kind", "result").not("cut", "is", null);
  assert.ok(data?.length, "a result is a shorter one from the beginning");
  for (const { content } of data ?? []) assert.match(content, /Call the tool again for less at once/);
  const { data: rows } = await user.client.from("agent_tool_calls").select("id, tool_call_id");
  const told = new Set(
    eventsOfType(events, "tool_result").filter((one) => one.cut).map((one) => one.tool_call_id),
  );
  for (const { tool_call_id } of data ?? []) {
    const row = rows?.find((one) => one.tool_call_id === tool_call_id);
    assert.ok(row && told.has(row.id), `the event of ${tool_call_id} tells that its result was cut`);
  }
  const cut = new Set((await modelCallsOf(user)).flatMap(({ cuts }) => cuts?.map(({ what }) => what) ?? []));
  for (const what of ["history", "text", "result", "arguments"]) {
    assert.ok(cut.has(what), `${what} is not among ${[...cut]}`);
  }
  const kept = JSON.stringify((await user.client.from("usage_ledger").select()).data);
  for (const word of ["several plain words", "Book 1", "Second"]) {
    assert.ok(!kept.includes(word), `the ledger keeps ${word}, which no purge would empty`);
  }
  await script.end();
});

test("when a run ends nothing of it is left open", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [...RUNS.complex?.turns ?? []]);
  await chat(user, { message: "A complex turn" });
  const open = await Promise.all([
    user.client.from("agents").select("id").eq("status", "active"),
    user.client.from("agent_chat_sessions").select("id").eq("status", "active"),
    user.client.from("agent_plans").select("id").in("status", ["pending", "executing"]),
    user.client.from("agent_executions").select("id").eq("status", "running"),
    user.client.from("agent_runs").select("id").is("finished_at", null),
  ]);
  assert.deepEqual(open.map(({ data }) => data), [[], [], [], [], []]);
});

const Call = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) });
const Wire = z.object({
  role: z.string(),
  content: z.string().nullable(),
  tool_call_id: z.string().optional(),
  tool_calls: z.array(Call).optional(),
});

/** Strict hosts want it between results and a user's message (shared/llm/sending/alternate.ts); it is nobody's row. */
const READ = "I have read the results.";

/** The messages of every request, in one comparable form. */
async function sentPrompts(script: Script): Promise<string[]> {
  return (await script.requests()).map(({ messages }) =>
    JSON.stringify(
      z.array(Wire).parse(messages).filter(({ content }) => content !== READ).map((
        { role, content, tool_call_id, tool_calls },
      ) => ({
        role,
        content: content ?? "",
        tool_call_id: tool_call_id ?? null,
        tool_calls: tool_calls?.map((call) => ({ id: call.id, ...call.function })) ?? null,
      })),
    )
  );
}

const History = z.object({
  history: z.array(z.object({ role: z.enum(["user", "assistant"]), content: z.string() })).default([]),
});
const RowCall = z.array(z.object({ id: z.string(), name: z.string(), arguments: z.string() })).nullable();

type Cuts = NonNullable<ModelCall["cuts"]>;

interface SentMessage {
  role: string;
  content: string;
  tool_call_id: string | null;
  tool_calls: { id: string; name: string; arguments: string }[] | null;
}

/** Every prompt that the ledger tells of: what stood in its thread before the call, without what was cut of it. */
async function rebuiltPrompts(user: TestUser): Promise<string[]> {
  const { data: threads } = await user.client.from("agent_chat_sessions")
    .select(
      "id, initial_context, agent_chat_messages(seq, role, content, tool_call_id, tool_calls, created_at)",
    );
  const calls = await modelCallsOf(user);
  return calls.map(({ agent_session_id, message_seq, started_at, cuts }) => {
    const thread = threads?.find(({ id }) => id === agent_session_id);
    assert.ok(thread && started_at && cuts);
    const before = (row: { seq: number; created_at: string }) =>
      message_seq === null ? Date.parse(row.created_at) <= Date.parse(started_at) : row.seq < message_seq;
    const rows = thread.agent_chat_messages.toSorted((a, b) => a.seq - b.seq).filter(before);
    const messages = rows.map(({ role, content, tool_call_id, tool_calls }): SentMessage => ({
      role,
      content,
      tool_call_id,
      tool_calls: RowCall.parse(tool_calls)
        ?.map(({ id, name, arguments: args }) => ({ id, name, arguments: args })) ?? null,
    }));
    const history = History.parse(thread.initial_context).history
      .map((message) => ({ ...message, tool_call_id: null, tool_calls: null }));
    return JSON.stringify(withCuts(history, messages, cuts));
  });
}

const CUT_RESULT = '{"note":"cut to fit; call the tool again if you still need this"}';
const CUT_HISTORY =
  "(Older turns of this conversation are left out here, to make room for what follows.)\n\n";
const CUT_CALLS =
  "(Tool calls that you made before are left out here, with their results. Call the tools again for what you still need.)\n\n";
const CUT_ARGUMENTS = '{"note":"cut to fit; the call was made with all of its arguments"}';

/**
 * The history that the thread was opened with stands after its system prompt; its oldest turns are cut first, and the
 * message that follows says so.
 */
function withCuts(history: SentMessage[], messages: SentMessage[], cuts: Cuts): SentMessage[] {
  let kept = history;
  const cut = cuts.find(({ what }) => what === "history");
  while (cut && kept.reduce((sum, { content }) => sum + content.length, 0) > cut.to) kept = kept.slice(2);
  const sent = messages.flatMap((message, i) =>
    cuts.filter(({ seq }) => seq === i + 1).reduce<SentMessage[]>(
      (list, one) => list.flatMap((left) => withCut(left, one)),
      [message],
    )
  );
  const task = sent.findIndex(({ role }) => role === "user");
  const told = cuts.some(({ what }) => what === "call")
    ? sent.map((message, i) => i === task ? { ...message, content: CUT_CALLS + message.content } : message)
    : sent;
  const whole = told.toSpliced(1, 0, ...kept);
  return cut
    ? whole.map((message, i) => i === 1 ? { ...message, content: CUT_HISTORY + message.content } : message)
    : whole;
}

function shortWords(content: string, from: number, to: number): string {
  const note = ` (cut to fit: you wrote ${from} characters)`;
  return preview(content, to - note.length) + note;
}

function withCut(message: SentMessage, { what, call, from, to }: Cuts[number]): SentMessage[] {
  const { tool_calls } = message;
  switch (what) {
    case "text":
      return [{ ...message, content: shortWords(message.content, from, to) }];
    case "result":
      return to === 0 ? [] : [{ ...message, content: CUT_RESULT }];
    case "arguments": {
      const others = tool_calls?.map((one) => one.id === call ? { ...one, arguments: CUT_ARGUMENTS } : one) ??
        null;
      return [{ ...message, tool_calls: others }];
    }
    case "call": {
      const others = tool_calls?.filter((one) => one.id !== call) ?? [];
      if (others.length === 0 && message.content === "") return [];
      return [{ ...message, tool_calls: others.length === 0 ? null : others }];
    }
    default:
      return assert.fail(`nobody cuts ${what} of a message that stands in the thread`);
  }
}
