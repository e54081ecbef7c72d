import assert from "node:assert/strict";
import fc from "fast-check";
import { position } from "../../../shared/agents/loop/loop_state.ts";
import { assistantMessage } from "../../../shared/agents/loop/thread.ts";
import type { FinishedTurn, ModelToolCall } from "../../../shared/contracts/model.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { type Entry, messageId, storedThread } from "../../support/agents/stored_thread.ts";
import { toolCall } from "../../support/models/listed_model.ts";

const RULES = { terminal: "submit_result", tool_calls: 5 };
const BROKEN = toolCall("look", { ok: false, raw: '{"a":', problem: "unexpected end" });

function turn(change: Partial<FinishedTurn> = {}): FinishedTurn {
  return {
    type: "finished",
    text: "",
    tool_calls: [],
    reasoning: "",
    finish_reason: change.tool_calls ? "tool_calls" : "stop",
    model: "m",
    usage: NO_USAGE,
    ...change,
  };
}

const asked = (content: string, kind: "task" | "answer" | "nudge" = "task"): Entry => [
  kind,
  { role: "user", content },
];
const said = (change: Partial<FinishedTurn>): Entry => ["turn", assistantMessage(turn(change))];
const result = (tool_call_id: string): Entry => ["result", { role: "tool", tool_call_id, content: "{}" }];
const TURNS = { name: "10 model turns", reason: "limit" } as const;
const limited = (content: string): Entry => ["limit", { role: "user", content }, TURNS];
const thread = (...entries: Entry[]) => storedThread(entries);

const QUESTION: Entry[] = [["prompt", { role: "system", content: "You plan." }], asked("Where is it?")];
const LOOK = { tool_calls: [toolCall("look")] };

Deno.test("after what was asked, and after the results of tools, it is the model's turn", () => {
  assert.deepEqual(position(thread(...QUESTION), RULES), { turns: 0, tool_calls: 0, next: "model" });
  const messages = thread(...QUESTION, said(LOOK), result("call_look"));
  assert.deepEqual(position(messages, RULES), { turns: 1, tool_calls: 1, next: "model" });
});

Deno.test("a turn with calls is followed by its tools, with where they stand", () => {
  const at = position(
    thread(...QUESTION, said({ tool_calls: [toolCall("look"), toolCall("change")] })),
    RULES,
  );
  assert.deepEqual(at.next === "tools" && at.calls, [
    { call: toolCall("look"), message_id: messageId(3), index: 0 },
    { call: toolCall("change"), message_id: messageId(3), index: 1 },
  ]);
  assert.equal(at.tool_calls, 2, "those to be run are counted");
});

Deno.test("a turn in text is the answer", () => {
  const at = position(thread(...QUESTION, said(LOOK), result("call_look"), said({ text: "There." })), RULES);
  assert.deepEqual(at, { turns: 2, tool_calls: 1, next: "answer", answer: { text: "There." } });
});

Deno.test("counting begins at the last task or answer, and a nudge is neither", () => {
  const nudged = thread(...QUESTION, said({ text: "Hm." }), asked("Call submit_result.", "nudge"));
  assert.equal(position(nudged, RULES).turns, 1);
  const again = thread(...QUESTION, said(LOOK), result("call_look"), asked("The first one.", "answer"));
  assert.deepEqual(position(again, RULES), { turns: 0, tool_calls: 0, next: "model" });
});

Deno.test("calls beyond the limit are refused, but not the one that ends the loop", () => {
  const calls = [...Array.from({ length: 6 }, () => toolCall("look")), toolCall("submit_result")];
  const at = position(thread(...QUESTION, said({ tool_calls: calls })), RULES);
  assert.deepEqual(at.next === "tools" && at.calls.map(({ refusal }) => refusal !== undefined), [
    ...[false, false, false, false, false],
    true,
    false,
  ]);
  assert.equal(at.tool_calls, 5);
});

Deno.test("calls behind the one that ends the loop are refused", () => {
  const tool_calls = [toolCall("submit_result"), toolCall("change")];
  const at = position(thread(...QUESTION, said({ tool_calls })), RULES);
  assert.deepEqual(at.next === "tools" && at.calls.map(({ refusal }) => refusal !== undefined), [
    false,
    true,
  ]);
});

Deno.test("once a limit was met, nothing but the end may be called", () => {
  const tool_calls = [toolCall("look"), toolCall("submit_result")];
  const at = position(thread(...QUESTION, limited("No more."), said({ tool_calls })), RULES);
  assert.deepEqual(at.next === "tools" && at.calls.map(({ refusal }) => refusal !== undefined), [
    true,
    false,
  ]);
});

Deno.test("calls of a turn that was cut off are refused, whoever reads it, and count for nothing", () => {
  const at = position(thread(...QUESTION, said({ ...LOOK, finish_reason: "length" })), RULES);
  assert.match((at.next === "tools" && at.calls[0]?.refusal) || "", /cut off/);
  assert.equal(at.tool_calls, 0);
});

Deno.test("arguments that did not parse are as broken when the thread is read again, and as they came", () => {
  const at = position(thread(...QUESTION, said({ tool_calls: [BROKEN] })), RULES);
  const args = at.next === "tools" ? at.calls[0]?.call.arguments : undefined;
  assert.deepEqual(args?.ok === false && args.raw, '{"a":');
  assert.equal(at.tool_calls, 0);
});

const anyCall: fc.Arbitrary<ModelToolCall> = fc.constantFrom(
  toolCall("look"),
  toolCall("change", { title: "Milk" }),
  toolCall("submit_result", { status: "completed", summary: "Done." }),
  toolCall("look", { ok: true, value: "a string is JSON, too" }),
  BROKEN,
);
const anyTurn: fc.Arbitrary<FinishedTurn> = fc.record({
  text: fc.string(),
  tool_calls: fc.array(anyCall, { maxLength: 4 }),
  finish_reason: fc.constantFrom("stop" as const, "tool_calls" as const, "length" as const),
  reasoning: fc.string(),
}).map(turn);

Deno.test("an owner that reads the thread after any message goes on as the one that wrote it would have", () => {
  fc.assert(fc.property(fc.array(anyTurn, { maxLength: 6 }), fc.nat(8), (turns, tool_calls) => {
    const rules = { terminal: "submit_result", tool_calls };
    const messages = [...thread(...QUESTION)];
    const append = (entry: Entry) => messages.push(...storedThread([entry], messages.length));

    for (const spoken of turns) {
      append(["turn", assistantMessage(spoken)]);
      const message_id = messageId(messages.length);
      const writer = position(messages, rules);
      const reader = position(JSON.parse(JSON.stringify(messages)), rules);
      assert.deepEqual(reader, writer);
      if (writer.next !== "tools") continue;
      assert.deepEqual(
        writer.calls.map(({ call, message_id, index }) => ({ call, message_id, index })),
        spoken.tool_calls.map((call, index) => ({ call, message_id, index })),
        "every call is read as it was spoken",
      );
      assert.ok(
        spoken.finish_reason !== "length" || writer.calls.every(({ refusal }) => refusal !== undefined),
        "nothing of a turn that was cut off is run",
      );

      for (const { call } of writer.calls) {
        append(result(call.id));
      }
      const later = position(messages, rules);
      assert.deepEqual(
        [later.next, later.tool_calls],
        ["model", writer.tool_calls],
        "and what was counted stays so",
      );
    }
  }));
});
