import assert from "node:assert/strict";
import { plannerOpening } from "../../../shared/agents/planner/opening_prompt.ts";
import type { HistoryMessage } from "../../../shared/agents/store/records.ts";
import { estimateTokens } from "../../../shared/llm/tokens.ts";

const user = (content: string): HistoryMessage => ({ role: "user", content });
const assistant = (content: string): HistoryMessage => ({ role: "assistant", content });

function opened(history: HistoryMessage[], entity: { id: string } | null = null) {
  return plannerOpening({
    about: "A library.",
    opening: { history, overview: { books: 3 }, entity, summary: null },
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

Deno.test("the thread's row keeps the history and what the planner knows, as they were rendered", () => {
  const history = [user("One"), assistant("1")];
  const { initial_context, task } = opened(history, { id: "book 7" });
  assert.deepEqual(initial_context, {
    now: "Sunday 2026-11-22T12:00+00:00",
    time_zone: "UTC",
    overview: { books: 3 },
    entity: { id: "book 7" },
    history,
  });
  assert.ok(task.endsWith("What now?"));
});
