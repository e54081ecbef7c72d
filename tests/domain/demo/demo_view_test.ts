import assert from "node:assert/strict";
import { plainText } from "../../../dev/turn/plain_log.ts";
import { activity, renderBlock } from "../../../dev/turn/render.ts";
import { Screen } from "../../../dev/turn/screen.ts";
import { showTurn } from "../../../dev/turn/show.ts";
import { clipped, COLOURS, PLAIN, stripped, widthOf, wrapped } from "../../../dev/terminal/style.ts";
import { tableLines } from "../../../dev/terminal/table.ts";
import { blocksOf } from "../../../dev/turn/view.ts";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import { initialRunState, reduceRun } from "../../../shared/contracts/run_state.ts";
import { NO_USAGE } from "../../../shared/contracts/usage.ts";
import { events, PLANNED, START, stateOf } from "./demo_events.ts";
import { messageId } from "../../support/agents/stored_thread.ts";

function drawn(count: number, style = PLAIN, width = 100): string[] {
  return blocksOf(stateOf(PLANNED.slice(0, count))).flatMap((block) =>
    renderBlock(block, { style, width, now: START + 1_000 })
  );
}

Deno.test("a plan is a tree: steps that can run at the same time stand together, later ones below", () => {
  assert.deepEqual(drawn(5), [
    "Let me look.",
    "Plan Update Website",
    "├─ first, side by side",
    "│  ├─ ○ 1 Look at Website executor        ",
    "│  └─ ○ 2 Find notes      executor        ",
    "└─ then",
    "   └─ ○ 3 Update Website  planner  after 1, 2 ",
  ]);
});

Deno.test("every step shows its state, its time, its tool calls and in the end its summary", () => {
  assert.deepEqual(drawn(8).slice(3, 5).map((line) => line.trimEnd()), [
    "│  ├─ ⠹ 1 Look at Website executor 0.5 s  search_projects ⠹",
    "│  └─ ⠹ 2 Find notes      executor 0.4 s",
  ]);
  assert.deepEqual(drawn(15).slice(3).map((line) => line.trimEnd()), [
    "│  ├─ ✓ 1 Look at Website executor 0.7 s  search_projects ✓",
    "│  │    Website is active.",
    "│  └─ ✗ 2 Find notes      executor 0.7 s  search_notes ✗",
    "│       No notes could be read.",
    "└─ then",
    "   └─ – 3 Update Website  planner",
    "        Step 2 did not complete.",
  ]);
});

Deno.test("colours change nothing but colours, and no line is wider than the terminal", () => {
  for (let count = 1; count <= PLANNED.length; count++) {
    assert.deepEqual(
      drawn(count, COLOURS).map(stripped),
      drawn(count, PLAIN).map(stripped).map((line) => line.replaceAll("**", "")),
    );
    assert.ok(drawn(count, COLOURS, 40).every((line) => widthOf(line) <= 40));
  }
});

Deno.test("a step that had to be tried again says so", () => {
  const state = stateOf([
    ...PLANNED.slice(0, 8),
    ...events({ type: "step_start", step_number: 1, attempt: 2, title: "Look at Website" }),
  ]);
  const [line = ""] = blocksOf(state).flatMap((block) =>
    renderBlock(block, { style: PLAIN, width: 100, now: START + 1_000 }).filter((line) =>
      line.includes("Look")
    )
  );
  assert.match(line, /Look at Website executor 0\.5 s {2}attempt 2 search_projects ⠹$/);
});

Deno.test("text before and after a plan are two texts; the end is kept", () => {
  const state = stateOf(PLANNED);
  assert.deepEqual(blocksOf(state).map((block) => block.type), ["text", "plan", "text"]);
  assert.equal(state.status, "completed");
  assert.equal(state.strategy, "complex");
});

Deno.test("the planner's own tool calls stand between its texts, with arguments and results", () => {
  const state = stateOf(events(
    {
      type: "tool_call",
      tool_call_id: "c1",
      name: "list_tasks",
      arguments: { status: ["backlog"], limit: 3 },
    },
    { type: "tool_result", tool_call_id: "c1", ok: true, result: "3 tasks.", duration_ms: 9 },
    { type: "text", part: 1, message_id: messageId(1), delta: "You have 3 tasks." },
  ));
  assert.deepEqual(
    blocksOf(state).flatMap((block) => renderBlock(block, { style: PLAIN, width: 100, now: START })),
    [
      "✓ list_tasks status=[backlog] limit=3  3 tasks.  9 ms",
      "You have 3 tasks.",
    ],
  );
});

Deno.test("while nothing else moves, the view says what the model is busy with", () => {
  const busy = (count: number) => activity(stateOf(PLANNED.slice(0, count)));
  assert.equal(busy(1), "thinking");
  assert.equal(busy(4), "writing a plan");
  assert.equal(busy(8), undefined);
  assert.equal(busy(15), "writing the answer");
  assert.equal(busy(PLANNED.length), undefined);
});

Deno.test("a changed plan keeps the steps that were completed", () => {
  const [created] = PLANNED.filter((event) => event.type === "plan_created");
  assert.ok(created?.type === "plan_created");
  const changed = { ...created, plan: { ...created.plan, revision: 2 } };
  const block = blocksOf(stateOf([...PLANNED.slice(0, 15), changed])).at(-1);
  assert.ok(block?.type === "plan");
  assert.deepEqual(block.plan.steps.map((step) => step.state), ["completed", "pending", "pending"]);
});

function plainLog(list: RunEvent[]): string {
  let state = initialRunState("");
  return list.map((event) => {
    const previous = state;
    state = reduceRun(state, event);
    return plainText(event, state, previous);
  }).join("");
}

Deno.test("without a terminal every event is a line of its own and text is text", () => {
  assert.equal(
    plainLog(PLANNED),
    [
      "Let me look.",
      "plan: Update Website",
      "  step 1 (executor): Look at Website",
      "  step 2 (executor): Find notes",
      "  step 3 (planner, after 1, 2): Update Website",
      "step 1 started: Look at Website",
      "step 2 started: Find notes",
      "step 1: search_projects query=Website",
      "step 2: search_notes ",
      "step 1: search_projects ok: 1 project.",
      "step 2: search_notes failed: The search failed.",
      "step 1 completed in 0.7 s: Website is active.",
      "step 2 failed in 0.7 s: No notes could be read.",
      "step 3 skipped: Step 2 did not complete.",
      "I could **not** do it.",
      "",
    ].join("\n"),
  );
});

/** A turn whose first words are lost with the process that streamed them, and said again. */
function interrupted(...lost: string[]) {
  return events(
    { type: "session", session_id: crypto.randomUUID(), user_message_id: crypto.randomUUID() },
    { type: "analysis", strategy: "simple" },
    ...lost.map((delta) => ({ type: "text" as const, part: 1, message_id: messageId(1), delta })),
    { type: "text_withdrawn", part: 1 },
    { type: "text", part: 2, message_id: messageId(2), delta: "All is well." },
    { type: "done", status: "completed", usage: NO_USAGE, finished_reason: "answered" },
  );
}

Deno.test("without a terminal, text that was withdrawn is called void, and nothing is said of text that nobody saw", () => {
  assert.equal(
    plainLog(interrupted("All is ", "lost")),
    "All is lost\n(interrupted: the text above is void and begins again)\nAll is well.\n",
  );
  assert.equal(plainLog(interrupted()), "All is well.\n");
});

Deno.test("on a terminal, text that was withdrawn makes way for a note", async () => {
  assert.deepEqual(await seen(interrupted("All is ", "lost"), 40), [
    "(interrupted: the text that stood here begins again)",
    "",
    "All is well.",
  ]);
  assert.deepEqual(await seen(interrupted(), 40), ["All is well."]);
});

Deno.test("text that had left the screen when it was withdrawn stays above the note, and what follows is whole", async () => {
  const lost = Array.from({ length: 9 }, (_, i) => `Line ${i + 1}.\n`);
  assert.deepEqual(await seen(interrupted(...lost), 5), [
    ...["Line 1.", "Line 2.", "Line 3.", "Line 4.", "Line 5.", "Line 6."],
    "(interrupted: the text that stood here begins again)",
    "",
    "All is well.",
  ]);
});

Deno.test("while withdrawn text has not begun again, the view says that it will", () => {
  const list = interrupted("All is lost");
  const withdrawn = list.findIndex((event) => event.type === "text_withdrawn");
  assert.equal(activity(stateOf(list.slice(0, withdrawn + 1))), "beginning again");
});

/** What stands in the terminal at the end, what has left its top included. */
async function seen(list: RunEvent[], rows: number): Promise<string[]> {
  const lines = [""];
  const write = (text: string) => {
    // deno-lint-ignore no-control-regex -- the terminal's own language
    for (const [, up, other] of text.matchAll(/\u001b\[(\d+)A\u001b\[J|([^\u001b]+)/g)) {
      if (up !== undefined) lines.splice(lines.length - 1 - Number(up), Infinity, "");
      else {
        const [first = "", ...rest] = (other ?? "").split("\n");
        lines.splice(lines.length - 1, 1, (lines.at(-1) ?? "") + first, ...rest);
      }
    }
  };
  const terminal = { columns: () => 80, rows: () => rows, write };
  await showTurn(ReadableStream.from(list), { style: PLAIN, live: true, terminal }, AbortSignal.any([]));
  return lines.slice(0, -1);
}

Deno.test("the screen redraws from the first line that changed, and lines that it could not reach once more at the end", () => {
  const written: string[] = [];
  const screen = new Screen({ columns: () => 80, rows: () => 4, write: (text) => void written.push(text) });
  screen.draw(["a", "b"]);
  screen.draw(["a", "b"]);
  screen.draw(["a", "c", "d"]);
  screen.commit();
  screen.draw(["e"]);
  screen.draw(["1", "2", "3", "4", "5"]);
  screen.draw(["x", "2", "3", "4", "y"]);
  screen.commit();
  assert.deepEqual(written, [
    "a\nb\n",
    "\u001b[1A\u001b[Jc\nd\n",
    "e\n",
    "\u001b[1A\u001b[J1\n2\n3\n4\n5\n",
    "\u001b[3A\u001b[J3\n4\ny\n",
    "x\n2\n3\n4\ny\n",
  ]);
});

Deno.test("text is cut and wrapped by what is seen of it", () => {
  assert.equal(stripped(clipped(COLOURS.red("abcdef"), 4)), "abc…");
  assert.deepEqual(wrapped("one two three\nfour", 8), ["one two", "three", "four"]);
});

Deno.test("a table's columns are as wide as their widest cell, and empty sections are left out", () => {
  const sections = [{ title: "A", rows: [["x", "1"], ["long", "2"]] }, { title: "B", rows: [] }];
  assert.deepEqual(tableLines(sections, { style: PLAIN, width: 80 }), ["A", "  x     1", "  long  2"]);
});
