// How the thread of a step begins.
import { cutOf } from "../../contracts/cut.ts";
import type { ToolSchema } from "../../contracts/model.ts";
import type { AgentDeps } from "../deps.ts";
import { PROMPT_BUDGET } from "../limits.ts";
import type { ClaimedStep } from "../store/records.ts";
import { EXECUTOR_PROMPT, stepPrompt, WRITER_PROMPT } from "./prompts.ts";
import { shorten } from "./shorten.ts";
import type { Thread } from "./thread.ts";

/** The system prompt of a step's worker. */
export function stepSystemPrompt(worker: keyof typeof PROMPT_BUDGET): string {
  return worker === "executor" ? EXECUTOR_PROMPT : WRITER_PROMPT;
}

interface StepThreadOptions {
  tools: ToolSchema[];
  worker: keyof typeof PROMPT_BUDGET;
}

/** Its first two messages. Results of earlier steps take the room that is left. */
export function openStepThread(
  thread: Thread,
  claimed: ClaimedStep,
  { tools, worker }: StepThreadOptions,
  { clock, count }: Pick<AgentDeps, "clock" | "count">,
): void {
  const now = new Date(clock.now());
  const room = PROMPT_BUDGET[worker];
  const content = stepSystemPrompt(worker);
  const system = { role: "system" as const, content };
  const task = (earlier: Parameters<typeof stepPrompt>[1]) => ({
    role: "user" as const,
    content: stepPrompt(claimed, earlier, now),
  });
  const whole = claimed.earlier_results.map(({ step_number, result }) => ({ step_number, ...result }));
  const earlier = shorten(
    whole,
    (shorter) => count([system, task(shorter)], tools) <= room,
    LOOK_UP,
  );
  thread.prompt(content);
  const cut = cutOf("earlier_results", whole, earlier);
  thread.append({ kind: "task", sender: "planner", message: task(earlier), cut });
}

const LOOK_UP =
  "Not all of it fits here: parts are left out where it says so, texts that end in … go on. Look up with your tools what you need of it.";
