// What a turn's tools bring: whole while it fits beside what is never cut, else shared, and never cut in silence.
import assert from "node:assert/strict";
import fc from "fast-check";
import { fittedPrompt } from "../../../shared/agents/loop/fit_prompt.ts";
import { resultRoom } from "../../../shared/agents/loop/result_room.ts";
import type { ToolSchema } from "../../../shared/contracts/model.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import { estimateTokens } from "../../../shared/llm/tokens.ts";
import { type Entry, storedThread } from "../../support/agents/stored_thread.ts";

const tools: ToolSchema[] = [{
  name: "look",
  description: "Looks",
  parameters: { type: "object", properties: {} },
}];
const WINDOW = 1_500;
const REQUEST = "What now?";

const list = (length: number): Json => ({
  ok: true,
  data: Array.from({ length }, (_, i) => ({ id: i, title: `Task number ${i}` })),
});
const ids = (turn: number, calls: number) => Array.from({ length: calls }, (_, i) => `call_${turn}_${i}`);

function asked(turn: number, calls: number): Entry {
  const tool_calls = ids(turn, calls).map((id) => ({ id, name: "look", arguments: "{}" }));
  return ["turn", { role: "assistant", content: "", tool_calls }];
}

/** A thread whose turns brought these results, with what is told of each, and the prompt after each turn. */
function worked(turns: readonly Json[][], window = WINDOW) {
  let entries: Entry[] = [
    ["prompt", { role: "system", content: "You plan." }],
    ["task", { role: "user", content: REQUEST }],
  ];
  return turns.map((results, turn) => {
    entries = [...entries, asked(turn, results.length)];
    const thread = { history: [], messages: storedThread(entries) };
    const room = resultRoom(thread, tools, { window, results: results.length }, estimateTokens);
    const told = room.fit(results);
    const sure = results.map(room.isSure);
    entries = [
      ...entries,
      ...told.map((content, i): Entry => [
        "result",
        { role: "tool", tool_call_id: ids(turn, results.length)[i] ?? "", content },
      ]),
    ];
    const sent = fittedPrompt(
      { history: [], messages: storedThread(entries) },
      tools,
      window,
      estimateTokens,
    );
    return { ...sent, told, sure, whole: results.map((result) => JSON.stringify(result)) };
  });
}

Deno.test("results that fit beside what is never cut are told whole: older ones make room, and say so", () => {
  const [first, second] = worked([[list(60)], [list(70)]]);
  assert.deepEqual(first?.told, first?.whole);
  assert.deepEqual(second?.told, second?.whole);
  const sent = second?.messages.flatMap((message) => message.role === "tool" ? [message.content] : []);
  assert.deepEqual(sent?.slice(1), second?.whole);
  assert.match(sent?.[0] ?? "", /call the tool again if you still need this/);
});

Deno.test("a result that is larger than the window is cut by itself, and says what is missing and how to get it", () => {
  const [turn] = worked([[list(400)]]);
  const content = turn?.told[0] ?? "";
  assert.match(content, /items (\d+) to 400 are left out/);
  assert.match(content, /Call the tool again for less at once: a smaller range/);
  const kept = Number(/items (\d+) to/.exec(content)?.[1]);
  assert.ok(kept > 40, `${kept} of its items are told`);
});

Deno.test("several share fairly: short ones stay whole, and what they leave is for the long ones", () => {
  const [turn] = worked([[list(200), list(2), list(200), list(3)]]);
  assert.ok(turn);
  const { told, whole } = turn;
  assert.deepEqual([told[1], told[3]], [whole[1], whole[3]]);
  const sizes = [told[0], told[2]].map((content) => content?.length ?? 0);
  assert.equal(sizes[0], sizes[1]);
  assert.ok(estimateTokens(turn.messages, tools) > WINDOW / 2);
});

Deno.test("whatever tools bring: no prompt is beyond its window, no cut untold, the request never cut, what was sure whole", () => {
  const text = fc.integer({ min: 0, max: 900 }).map((n): Json => ({
    ok: true,
    data: "Facts and facts. ".repeat(n),
  }));
  const result = fc.oneof(fc.integer({ min: 0, max: 200 }).map(list), text);
  const turn = fc.array(result, { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      fc.array(turn, { minLength: 1, maxLength: 4 }),
      fc.integer({ min: 1_200, max: 6_000 }),
      (turns, window) => {
        for (const { messages, told, whole, sure, cut } of worked(turns, window)) {
          assert.ok(estimateTokens(messages, tools) <= window);
          assert.ok(messages[1]?.content.endsWith(REQUEST));
          for (const [i, content] of told.entries()) {
            if (sure[i]) assert.equal(content, whole[i]);
            if (content !== whole[i]) {
              assert.match(
                content,
                /Call the tool again for less at once|cut to fit/,
              );
            }
          }
          const sent = messages.map(({ content }) => content).join("\n");
          if (cut.some(({ what, to }) => what === "result" && to > 0)) assert.match(sent, /cut to fit/);
          if (cut.some(({ what }) => what === "call")) {
            assert.match(
              sent,
              /Tool calls that you made before are left out/,
            );
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
