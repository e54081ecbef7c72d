// An executor's question, answered by the planner: one model call in a thread of its own, because the planner's
// main thread is waiting for the plan to end.
import { CancelledError } from "../../contracts/errors.ts";
import type { FinishedTurn, ModelAttempt, ModelMessage } from "../../contracts/model.ts";
import { isBlank } from "../../contracts/text.ts";
import type { Plan, PlanStep, StepResult } from "../../contracts/plan.ts";
import { addUsage, NO_USAGE, type Usage } from "../../contracts/usage.ts";
import { createUsageMeter } from "../durable/usage_meter.ts";
import { ANSWER_PROMPT, type Question, questionPrompt } from "../loop/prompts.ts";
import type { MessageRow, ThreadRow } from "../store/rows.ts";
import { createThread } from "../loop/thread.ts";
import type { AgentDeps } from "../deps.ts";
import type { TurnOptions } from "../ports.ts";
import type { RunStepContext } from "./step_context.ts";

/** Asks the planner's model, pays for it, and puts the answer into the thread of the step that asked. */
export async function answerStepQuestion(
  plan: Plan,
  step: PlanStep,
  result: StepResult,
  executor_agent_id: string | null,
  context: RunStepContext,
) {
  const { clock, ids, model, count, calls, store, run, planner_agent_id, user_message, signal } = context;
  const question = result.open_questions?.[0] ?? result.summary;
  const { step_number } = step;
  const about = { user_message, goal: plan.goal, task: step.task, question };
  const thread = {
    id: await ids.derived(plan.id, step_number, "question"),
    session_type: "planner_thinking" as const,
    plan_id: plan.id,
    step_number,
    planner_agent_id,
    executor_agent_id,
    initial_context: { ...about },
    created_at: new Date(clock.now()).toISOString(),
  };
  const rows = { threads: [thread], messages: [] };
  const { run_id } = run.lease;
  const meter = createUsageMeter({
    call: { ...calls.question, beyond_budget: "never" },
    thread_id: thread.id,
    ids,
    model,
    first: null,
    reserve: (next, settled) => store.reserveUsage(run_id, next, settled),
  });
  const prompt_tokens = count(questionMessages(about), []);
  let attempt = 1;
  const again = async (spent: Usage) => {
    run.spend(spent);
    meter.spend(spent);
    attempt += 1;
    return (await meter.ready(prompt_tokens, attempt)).allowed;
  };
  const onAttempt = (made: ModelAttempt) => meter.made(made, []);
  let content = NO_ANSWER;
  if ((await meter.ready(prompt_tokens)).allowed) {
    const answered = await answerQuestion(about, thread, rows, context, { signal, again, onAttempt });
    content = answered.answer;
    run.spend(answered.usage);
    meter.spend(answered.usage);
    if (answered.message_seq !== null) meter.wrote(answered.message_seq);
  }
  const settlement = await meter.settlement();
  if (settlement) await store.settleUsage(settlement);
  // Whatever the answer was cut short by, the step is not to be told of it.
  if (signal.aborted) throw new CancelledError();
  await store.answerStep({ plan_id: plan.id, step_number }, run.lease, {
    content,
    planner_agent_id,
    rows,
    usage: run.usage,
  });
}

/** The planner's answer, or a request to do without one when the model fails. */
async function answerQuestion(
  question: Question,
  thread: ThreadRow,
  rows: { messages: MessageRow[] },
  { model, clock, ids, user, calls }: AgentDeps,
  options: TurnOptions,
): Promise<{ answer: string; usage: Usage; message_seq: number | null }> {
  const messages = createThread({
    id: thread.id,
    agent: { id: thread.planner_agent_id, type: "planner", peer_id: thread.executor_agent_id },
    write: (row) => rows.messages.push(row),
    clock,
    ids,
  });
  const [system, task] = questionMessages(question);
  messages.append({ kind: "prompt", sender: "system", message: system });
  messages.append({ kind: "task", sender: "executor", message: task });

  let usage = NO_USAGE;
  let turn: FinishedTurn | null = null;
  const { profile, max_output_tokens } = calls.question;
  const sent = messages.messages.map((entry) => entry.message);
  const request = { profile, messages: sent, tools: [], max_output_tokens, user };
  for await (const event of model.streamTurn(request, options)) {
    if (event.type === "finished") turn = event;
    if (event.type === "finished" || event.type === "failed" || event.type === "aborted") {
      usage = addUsage(usage, event.usage);
    }
  }
  if (turn === null) return { answer: NO_ANSWER, usage, message_seq: null };
  const message_seq = messages.append({
    kind: "turn",
    sender: "planner",
    message: { role: "assistant", content: turn.text },
    turn,
  });
  // It may have called a tool, though it was offered none.
  return { answer: isBlank(turn.text) ? NO_ANSWER : turn.text, usage, message_seq };
}

function questionMessages(question: Question): [ModelMessage, ModelMessage] {
  return [{ role: "system", content: ANSWER_PROMPT }, { role: "user", content: questionPrompt(question) }];
}

/** What an executor is told when there is no answer to be had. */
const NO_ANSWER =
  "There is no answer. Go on with the most reasonable assumption, and say which one you made.";
