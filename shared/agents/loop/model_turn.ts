// One call of an agent's model: the thread cut to its window goes out, what comes in is passed on.
import type { Cut } from "../../contracts/cut.ts";
import { assertNever } from "../../contracts/errors.ts";
import type { FailedTurn, ModelEvent, ModelMessage, ModelRequest } from "../../contracts/model.ts";
import { NO_USAGE } from "../../contracts/usage.ts";
import type { AgentDeps } from "../deps.ts";
import type { ModelCall } from "../limits.ts";
import type { TurnOptions } from "../ports.ts";
import type { LoopEvent } from "./loop_events.ts";
import { fittedPrompt } from "./fit_prompt.ts";
import { withoutEcho } from "./kept_echo.ts";
import type { Thread } from "./thread.ts";

/** The tools of one request, and whether the model may call them. */
export type OfferedTools = Pick<ModelRequest, "tools" | "tool_choice">;

/** What is sent to a model, cut to the window of its prompts. */
export interface Prompt extends OfferedTools {
  messages: ModelMessage[];
  cut: Cut[];
  /** As they were counted, tools included, and what the model's host wants back. */
  tokens: number;
  /** Within what one may exceed its window by. */
  size: "sendable" | "too long";
}

interface ModelTurn extends ModelCall {
  prompt: Prompt;
  /** The id of the message that the turn becomes. */
  message_id: string;
}

export type TurnEnd = Extract<ModelEvent, { type: "finished" | "failed" | "aborted" }>;

/** A user's long message may exceed both bounds so many times over; nobody's rows may. */
const LONGEST = { openings: 5, windows: 2 };

const TOO_LONG: FailedTurn = {
  type: "failed",
  kind: "context_overflow",
  retryable: false,
  model: "",
  usage: NO_USAGE,
};

/** The thread as it is to be sent with these tools. */
export function promptOf(
  thread: Thread,
  offered: OfferedTools,
  { opening, window }: ModelCall,
  { count }: Pick<AgentDeps, "count">,
): Prompt {
  const { tools } = offered;
  const { messages, cut } = fittedPrompt(thread, tools, window, count);
  const longest = Math.max(opening * LONGEST.openings, window * LONGEST.windows);
  const tokens = count(messages, tools);
  const too_long = tokens > longest && count(messages.map(withoutEcho), tools) > longest;
  return { messages, cut, ...offered, tokens, size: too_long ? "too long" : "sendable" };
}

/** Calls the model once, and returns how its turn ended. */
export async function* modelTurn(
  { prompt, message_id, profile, max_output_tokens }: ModelTurn,
  { model, user }: Pick<AgentDeps, "model" | "user">,
  options: TurnOptions,
): AsyncGenerator<LoopEvent, TurnEnd> {
  if (prompt.size === "too long") return TOO_LONG;
  const { messages, tools, tool_choice } = prompt;
  const request = { profile, messages, tools, ...(tool_choice && { tool_choice }), max_output_tokens, user };
  const stream = model.streamTurn(request, options);
  for await (const event of stream) {
    switch (event.type) {
      case "text_delta":
        yield { type: "text", message_id, delta: event.text };
        break;
      case "text_withdrawn":
        yield { type: "text_withdrawn", message_id };
        break;
      case "tool_call_started":
        yield { type: "tool_call_started", name: event.name };
        break;
      case "reasoning_delta":
        break;
      case "finished":
      case "failed":
      case "aborted":
        return event;
      default:
        assertNever(event);
    }
  }
  throw new Error("Cannot end the model's turn: its stream has no terminal event");
}
