// What the demo model keeps of a long conversation, when a summary of it is asked for.
import assert from "node:assert/strict";
import { summaryPrompt, summaryTask } from "../../../shared/agents/loop/prompts.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import { converse } from "./talk.ts";

const ID = "0b8a4c1e-5c1b-4e0f-9a55-000000000003";

function summaryOf(turns: Json[], summary_so_far: string | null = null): string {
  const opening = [
    { role: "system", content: summaryPrompt("a test") },
    { role: "user", content: summaryTask({ summary_so_far, turns }) },
  ];
  return converse(opening, { tools: [], answer: () => undefined }).text;
}

Deno.test("it keeps how each turn began, and says what it is", () => {
  const text = summaryOf([
    [{ user: "We decided to paint the office green. It is late." }, { assistant: "Fine." }],
    [{ user: "Add a task." }, {
      assistant: "Added.",
      changed: [{ tool: "create_task", row: "public.tasks", key: { id: ID } }],
    }],
  ], "The client comes on 2026-12-01.");
  const [honest, ...lines] = text.split("\n");
  assert.match(honest ?? "", /no language model/);
  assert.deepEqual(lines, [
    "The client comes on 2026-12-01.",
    "We decided to paint the office green. It is late.",
    "Add a task.",
  ]);
});

Deno.test("its summaries stay short over hundreds of turns, and keep the newest", () => {
  const summary = Array.from({ length: 300 }, (_, i) => i).reduce<string>(
    (so_far, i) =>
      summaryOf([[{ user: `Remark number ${i} about nothing.` }, { assistant: "I see." }]], so_far),
    "The beginning.",
  );
  assert.ok(summary.length <= 2_000);
  assert.match(summary, /Remark number 299/);
});
