// The demo model in long conversations: what it keeps of them, and what it finds again.
import assert from "node:assert/strict";
import { summaryTask } from "../../../shared/agents/loop/prompts.ts";
import { think } from "../../../dev/model/brain/think.ts";
import type { Json } from "../../../shared/contracts/text.ts";

const ID = "0b8a4c1e-5c1b-4e0f-9a55-000000000003";

function summaryOf(turns: Json[], summary_so_far: string | null = null): string {
  const content = summaryTask({ summary_so_far, turns });
  return think({ messages: [{ role: "user", content }], tools: [], now: 0 }).text;
}

Deno.test("asked for a summary, it keeps sentences with ids, dates and decisions, and says what it is", () => {
  const text = summaryOf([
    [{ user: "The budget is tight. We decided to paint the office green." }, { assistant: "Fine." }],
    [{ user: "Add a task." }, {
      assistant: `Added, as ${ID}.`,
      changed: [{ tool: "create_task", row: "public.tasks", key: { id: ID } }],
    }],
    [{ user: "Nice weather." }, { assistant: "Yes." }],
  ], "The client comes on 2026-12-01.");
  const [honest, ...lines] = text.split("\n");
  assert.match(honest ?? "", /no language model/);
  assert.deepEqual(lines, [
    "The client comes on 2026-12-01.",
    "We decided to paint the office green.",
    `Added, as ${ID}.`,
    `create_task: ${ID}`,
    "Nice weather.",
  ]);
});

Deno.test("its summaries stay short over hundreds of turns, and ids outlive the rest", () => {
  const summary = Array.from({ length: 300 }, (_, i) => i).reduce<string>(
    (so_far, i) =>
      summaryOf([[{ user: `Remark number ${i} about nothing much.` }, { assistant: "I see." }]], so_far),
    `Task ${ID}.`,
  );
  assert.ok(summary.length <= 2_000);
  assert.ok(summary.includes(ID));
  assert.match(summary, /Remark number 299/);
});

Deno.test("asked what was said, it answers from the summary and the turns that it was sent, and from nothing else", () => {
  const asked = (message: string) => {
    const known = { earlier_in_this_conversation: { summary: `Hello.\nThe green lamp has the id ${ID}.` } };
    return think({
      messages: [
        { role: "user", content: "The red lamp is broken." },
        { role: "assistant", content: "A pity." },
        { role: "user", content: `<data>${JSON.stringify(known)}</data>\n\n${message}` },
      ],
      tools: [{ name: "create_plan" }, { name: "list_tasks" }],
      now: 0,
    }).text;
  };
  assert.equal(
    asked("Do you remember the id of the green lamp?"),
    `From our conversation: The green lamp has the id ${ID}.`,
  );
  assert.equal(asked("What did I say about the red one?"), "From our conversation: The red lamp is broken.");
  assert.match(asked("Do you remember my dentist?"), /^I find nothing/);
});
