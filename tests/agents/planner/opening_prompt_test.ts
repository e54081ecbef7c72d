import assert from "node:assert/strict";
import { PROMPT_BUDGET, ROOM_FOR_RESULTS } from "../../../shared/agents/limits.ts";
import { plannerPrompt } from "../../../shared/agents/loop/prompts.ts";
import { plannerOpening } from "../../../shared/agents/planner/opening_prompt.ts";
import type { HistoryMessage, Opening } from "../../../shared/agents/store/records.ts";
import { estimateTokens } from "../../../shared/llm/tokens.ts";

const user = (content: string): HistoryMessage => ({ role: "user", content });
const assistant = (content: string): HistoryMessage => ({ role: "assistant", content });

function opened(history: HistoryMessage[], known: Partial<Opening> = {}) {
  return plannerOpening({
    about: "A library.",
    opening: { history, overview: { books: 3 }, entity: null, summary: null, ...known },
    message: "What now?",
    time_zone: "UTC",
    now: new Date("2026-11-22T12:00:00Z"),
    tools: [],
    count: estimateTokens,
  });
}

Deno.test("the history is sent turn by turn: a user's message first, and an answer to each", () => {
  const history = [
    ...[assistant("An answer whose message is older."), user("One"), user("Two"), assistant("2a")],
    ...[assistant("2b"), user("Three")],
  ];
  const none = assistant("(This turn ended without an answer.)");
  assert.deepEqual(opened(history).history, [
    ...[user("One"), none, user("Two"), assistant("2a\n\n2b"), user("Three"), none],
  ]);
});

Deno.test("turns that do not fit are left out whole, the oldest first", () => {
  const long = "several plain words ".repeat(900);
  const history = [user(`Oldest ${long}`), assistant("Old."), user("Newest"), assistant(long)];
  assert.deepEqual(opened(history).history, history.slice(2));
});

Deno.test("what the planner knows is cut until the first prompt fits, and the user's message is not", () => {
  const overview = { books: Array.from({ length: 900 }, (_, i) => `The book with the number ${i}`) };
  const { history, task } = opened([user("One"), assistant("1")], { overview });
  const prompt = [{ role: "system" as const, content: plannerPrompt("A library.") }, ...history, user(task)];
  assert.ok(estimateTokens(prompt, []) <= PROMPT_BUDGET.planner - ROOM_FOR_RESULTS.planner);
  assert.ok(task.endsWith("What now?"));
});

Deno.test("the thread's row keeps the history and what the planner knows, as they were rendered", () => {
  const history = [user("One"), assistant("1")];
  const { initial_context, task } = opened(history, { entity: { id: "book 7" } });
  assert.deepEqual(initial_context, {
    now: "Sunday 2026-11-22T12:00+00:00",
    time_zone: "UTC",
    overview: { books: 3 },
    entity: { id: "book 7" },
    history,
  });
  assert.ok(task.endsWith("What now?"));
});
