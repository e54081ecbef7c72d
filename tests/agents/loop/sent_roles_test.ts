// Whatever a conversation and a thread hold, and whatever of it is cut, what is sent to the host is in the order that
// strict hosts demand.
import assert from "node:assert/strict";
import fc from "fast-check";
import { fitPrompt } from "../../../shared/agents/loop/fit_prompt.ts";
import { plannerPrompt } from "../../../shared/agents/loop/prompts.ts";
import { plannerOpening } from "../../../shared/agents/planner/opening_prompt.ts";
import type { HistoryMessage } from "../../../shared/agents/store/records.ts";
import type { ModelMessage } from "../../../shared/contracts/model.ts";
import { modelRow } from "../../../shared/llm/model_table.ts";
import { estimateTokens } from "../../../shared/llm/tokens.ts";
import { toWire } from "../../../shared/llm/sending/to_wire.ts";
import { type Entry, storedThread } from "../../support/agents/stored_thread.ts";
import { brokenRoles } from "../../support/wire/sent_roles.ts";
import { request } from "../../llm/support.ts";

const Text = fc.oneof(
  fc.constantFrom("", " ", "\n\t", "\u200b", "Yes.", "What now?"),
  fc.integer({ min: 1, max: 300 }).map((n) => "several plain words ".repeat(n)),
);

/** Sessions whose runs failed, were cut, or were written into by their user. */
const History: fc.Arbitrary<HistoryMessage[]> = fc.array(
  fc.record({ role: fc.constantFrom("user" as const, "assistant" as const), content: Text }),
  { maxLength: 12 },
);

/** A turn of the model's, with the results of its calls. */
const Turn = fc.record({
  said: Text,
  results: fc.array(Text, { maxLength: 3 }),
  args: Text,
  signed: fc.boolean(),
});

/** What stands behind the task: turns, and what the agent is told between them. */
const Told = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: Turn },
    { weight: 1, arbitrary: fc.constantFrom("nudge" as const, "limit" as const, "answer" as const) },
  ),
  { maxLength: 8 },
);

function entriesOf(told: typeof Told extends fc.Arbitrary<infer Value> ? Value : never): Entry[] {
  return told.flatMap((one, n): Entry[] => {
    if (one === "limit") {
      return [["limit", { role: "user", content: "Enough." }, { reason: "limit", name: "2 turns" }]];
    }
    if (one === "nudge" || one === "answer") return [[one, { role: "user", content: `The ${one}.` }]];
    const { said, results, args, signed } = one;
    const tool_calls = results.map((_, i) => ({
      id: `c${n}_${i}`,
      name: "look",
      arguments: JSON.stringify({ args }),
      ...(signed && i === 0 && { extra_content: `signed ${n}` }),
    }));
    return [
      ["turn", {
        role: "assistant",
        content: said,
        ...(tool_calls.length > 0 && { tool_calls }),
        ...(signed && { echo: { model: "plain", fields: {} } }),
      }],
      ...results.map((
        content,
        i,
      ): Entry => ["result", { role: "tool", tool_call_id: `c${n}_${i}`, content }]),
    ];
  });
}

/** A model is asked once something came after its own last word. */
const isAsked = (entries: Entry[]) => entries.at(-1)?.[1].role !== "assistant";

const ROWS = [
  modelRow("plain", []),
  modelRow("deepseek-flash", [{ id: "deepseek-flash", think_for: ["balanced"] }]),
];

/** Before any host's adaptation: every result follows its call, every call has one, and a signature its other calls. */
function assertPaired(messages: ReturnType<typeof fitPrompt>, whole: readonly Entry[]) {
  const calls = (message: ModelMessage) => message.role === "assistant" ? message.tool_calls ?? [] : [];
  let open: string[] = [];
  for (const message of messages) {
    if (message.role === "tool") assert.equal(message.tool_call_id, open.shift());
    else {
      assert.deepEqual(open, [], "a call has no result");
      open = calls(message).map(({ id }) => id);
    }
  }
  assert.deepEqual(open, [], "a call has no result");
  const sent = new Set(messages.flatMap(calls).map(({ id }) => id));
  for (const [, message] of whole) {
    const made = calls(message);
    if (!made.some(({ extra_content }) => extra_content !== undefined)) continue;
    assert.equal(
      new Set(made.map(({ id }) => sent.has(id))).size,
      1,
      "some of a signed turn's calls are gone",
    );
  }
}

function assertTaken(messages: ReturnType<typeof fitPrompt>) {
  for (const row of ROWS) {
    const sent = toWire(request({ messages }), row).messages;
    assert.deepEqual([...brokenRoles(sent)], [], JSON.stringify(sent.map(({ role }) => role)));
  }
}

Deno.test("what the planner sends alternates, whatever its session and its thread hold", () => {
  fc.assert(
    fc.property(History, Told, fc.integer({ min: 200, max: 5_000 }), (history, told, budget) => {
      const opened = plannerOpening({
        about: "A library.",
        opening: { history, overview: {}, entity: null, shown_rows: [], summary: null, history_cut: false },
        message: "What now?",
        time_zone: "UTC",
        now: new Date("2026-11-22T12:00:00Z"),
        tools: [],
        count: estimateTokens,
      });
      const entries: Entry[] = [
        ["prompt", { role: "system", content: plannerPrompt("A library.") }],
        ["task", { role: "user", content: opened.task }],
        ...entriesOf(told),
      ];
      if (!isAsked(entries)) return;
      const thread = { history: opened.history, messages: storedThread(entries) };
      const messages = fitPrompt(thread, [], budget, estimateTokens);
      assertTaken(messages);
      assertPaired(messages, entries);
      const roles = opened.history.map(({ role }) => role);
      assert.deepEqual(roles, roles.map((_, i) => i % 2 === 0 ? "user" : "assistant"));
      assert.ok(messages.some(({ content }) => content.endsWith("What now?")));
    }),
    { numRuns: 100 },
  );
});

Deno.test("what an executor sends alternates, whatever its thread holds", () => {
  fc.assert(
    fc.property(Told, fc.integer({ min: 100, max: 1_500 }), (told, budget) => {
      const entries: Entry[] = [
        ["prompt", { role: "system", content: "You work." }],
        ["task", { role: "user", content: "Look it up." }],
        ...entriesOf(told),
      ];
      if (!isAsked(entries)) return;
      const messages = fitPrompt(
        { history: [], messages: storedThread(entries) },
        [],
        budget,
        estimateTokens,
      );
      assertTaken(messages);
      assertPaired(messages, entries);
    }),
    { numRuns: 100 },
  );
});
