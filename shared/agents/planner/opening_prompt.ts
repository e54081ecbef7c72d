// How the planner's thread begins: the system prompt, as much of the conversation as fits, and the user's
// message with what the planner should know beside it.
import type { ModelMessage, ToolSchema } from "../../contracts/model.ts";
import type { TokenCounter } from "../ports.ts";
import { knownAtStart, plannerPrompt, requestPrompt } from "../loop/prompts.ts";
import type { Opening } from "../store/records.ts";
import { shorten } from "../loop/shorten.ts";
import type { Thread } from "../loop/thread.ts";
import { PROMPT_BUDGET, ROOM_FOR_RESULTS } from "../limits.ts";

interface OpeningOptions {
  /** What the domain is about. */
  about: string;
  opening: Opening;
  message: string;
  time_zone: string;
  now: Date;
  tools: ToolSchema[];
  count: TokenCounter;
}

export function openPlannerThread(thread: Thread, options: OpeningOptions): void {
  const { about, opening, message, time_zone, now, tools, count } = options;
  const system: ModelMessage = { role: "system", content: plannerPrompt(about) };
  const room = PROMPT_BUDGET.planner - ROOM_FOR_RESULTS.planner;
  const request = (known: Parameters<typeof requestPrompt>[0]): ModelMessage => ({
    role: "user",
    content: requestPrompt(known, message),
  });
  const known = shorten(
    knownAtStart(opening, now, time_zone),
    (shorter) => count([system, request(shorter)], tools) <= room,
  );

  let history: ModelMessage[] = opening.history;
  while (history.length > 0 && count([system, ...history, request(known)], tools) > room) {
    history = history.slice(1);
  }

  thread.append({ kind: "prompt", sender: "system", message: system });
  for (const message of history) {
    thread.append({ kind: "history", sender: message.role === "user" ? "user" : "planner", message });
  }
  thread.append({ kind: "task", sender: "user", message: request(known) });
}
