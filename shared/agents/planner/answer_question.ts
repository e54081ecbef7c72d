// An executor's question, answered by the planner: one model call in a thread of its own, because the planner's
// main thread is waiting for the plan to end.
import type { FinishedTurn } from "../../contracts/model.ts";
import { addUsage, NO_USAGE, type Usage } from "../../contracts/usage.ts";
import { MAX_OUTPUT_TOKENS } from "../limits.ts";
import { ANSWER_PROMPT, type Question, questionPrompt } from "../loop/prompts.ts";
import type { MessageRow, ThreadRow } from "../store/rows.ts";
import { createThread } from "../loop/thread.ts";
import type { AgentDeps } from "../deps.ts";

/** The planner's answer, or a request to do without one when the model fails. */
export async function answerQuestion(
  question: Question,
  thread: ThreadRow,
  rows: { messages: MessageRow[] },
  { model, clock, ids, user }: AgentDeps,
  signal: AbortSignal,
): Promise<{ answer: string; usage: Usage }> {
  const messages = createThread({
    id: thread.id,
    agent: { id: thread.planner_agent_id, type: "planner", peer_id: thread.executor_agent_id },
    write: (row) => rows.messages.push(row),
    clock,
    ids,
  });
  messages.append({
    kind: "prompt",
    sender: "system",
    message: { role: "system", content: ANSWER_PROMPT },
  });
  messages.append({
    kind: "task",
    sender: "executor",
    message: { role: "user", content: questionPrompt(question) },
  });

  let usage = NO_USAGE;
  let turn: FinishedTurn | null = null;
  const request = {
    profile: "balanced" as const,
    messages: messages.messages.map((entry) => entry.message),
    tools: [],
    max_output_tokens: MAX_OUTPUT_TOKENS.executor,
    user,
  };
  for await (const event of model.streamTurn(request, { signal })) {
    if (event.type === "finished") turn = event;
    if (event.type === "finished" || event.type === "failed" || event.type === "aborted") {
      usage = addUsage(usage, event.usage);
    }
  }
  if (turn === null) return { answer: NO_ANSWER, usage };
  messages.append({
    kind: "turn",
    sender: "planner",
    message: { role: "assistant", content: turn.text },
    turn,
  });
  return { answer: turn.text, usage };
}

/** What an executor is told when there is no answer to be had. */
export const NO_ANSWER =
  "There is no answer. Go on with the most reasonable assumption, and say which one you made.";
