// The one loop that planner and executor share: call the model, run the tools it asks for, give it their
// results, and again, until it answers, ends itself with a terminal tool, or meets a limit. At a limit it gets
// one last turn to hand over what it has.
import { assertNever, type Failure } from "../contracts/errors.ts";
import type { FailedTurn, FinishedTurn, ModelProfile, ToolSchema } from "../contracts/model.ts";
import { modelFailure } from "../contracts/model_failure.ts";
import { addUsage, NO_USAGE, type Usage } from "../contracts/usage.ts";
import type { Meter } from "./meter.ts";
import type { Clock, Model, TokenCounter } from "./ports.ts";
import { fitPrompt, fitResults } from "./prompt_budget.ts";
import type { CallResult, NumberedCall } from "./tool_calls.ts";
import type { Thread } from "./thread.ts";

export interface Limits {
  /** Model calls, the last one not counted. */
  turns: number;
  tool_calls: number;
  /** Milliseconds from the start of the loop to its last turn. */
  wall_ms: number;
  /** Milliseconds that the last turn may take. */
  last_turn_ms: number;
}

/** What the loop's agent can do in its next turn. */
export interface Abilities {
  tools: ToolSchema[];
  /** Runs the calls of one turn; the results come back in the order of the calls. */
  run(calls: NumberedCall[]): Promise<CallResult[]>;
}

export interface LoopOptions {
  model: Model;
  profile: ModelProfile;
  /** The pseudonym of the end user. */
  user: string;
  thread: Thread;
  abilities(): Abilities;
  /** The tool that ends the loop; it does not count as a call. */
  terminal: string | null;
  /** The last turn: what may still be called, and how the model is told. */
  lastTurn: { tools: ToolSchema[]; prompt(limit: string): string };
  /** Asked when the model answers in text: a string makes it go on, null accepts the answer. */
  onAnswer(text: string): string | null;
  onText?(delta: string, turn: number): void;
  onToolCallStarted?(name: string): void;
  /** Told what a model call cost as soon as it is known, also of one that failed or was cut off. */
  onUsage?(usage: Usage): void;
  limits: Limits;
  meter: Meter;
  /** Tokens of a whole prompt. */
  budget: number;
  max_output_tokens: number;
  count: TokenCounter;
  clock: Clock;
  signal: AbortSignal;
}

/** What made the loop take its last turn. */
export interface MetLimit {
  reason: "limit" | "budget";
  /** Such as "10 model turns". */
  name: string;
}

export type LoopOutcome =
  & { usage: Usage; tool_calls: number; limit: MetLimit | null }
  & (
    | { type: "answered"; text: string }
    | { type: "ended"; value: unknown }
    | { type: "failed"; failure: Failure }
    | { type: "aborted" }
  );

export async function runLoop(options: LoopOptions): Promise<LoopOutcome> {
  const { thread, limits, meter, clock, signal } = options;
  const deadline = new AbortController();
  const cancelDeadline = clock.after(limits.wall_ms, () => deadline.abort());
  let usage = NO_USAGE;
  let toolCalls = 0;
  let limit: MetLimit | null = null;
  const sum = () => ({ usage, tool_calls: toolCalls, limit });

  try {
    for (let turn = 1;; turn++) {
      limit ??= await limitReached({ turn, toolCalls, limits, late: deadline.signal.aborted, meter });
      const last = limit !== null;
      if (limit !== null) {
        thread.append("system", { role: "user", content: options.lastTurn.prompt(limit.name) });
      }
      if (signal.aborted) return { type: "aborted", ...sum() };
      const abilities = options.abilities();
      const tools = last ? options.lastTurn.tools : abilities.tools;
      const stop = last ? timeout(clock, limits.last_turn_ms) : { signal: deadline.signal, cancel() {} };

      const result = await modelTurn(options, turn, tools, AbortSignal.any([signal, stop.signal]));
      stop.cancel();
      usage = addUsage(usage, result.usage);
      meter.spend(result.usage, 0);
      options.onUsage?.(result.usage);
      if (signal.aborted) return { type: "aborted", ...sum() };

      switch (result.type) {
        case "aborted":
          if (last) return { type: "failed", failure: modelFailure("timeout"), ...sum() };
          meter.renew();
          continue;
        case "failed":
          return { type: "failed", failure: modelFailure(result.kind), ...sum() };
        case "finished":
          break;
        default:
          assertNever(result);
      }

      const seq = thread.append(thread.agent.type, assistantMessage(result), result);
      if (result.tool_calls.length === 0) {
        const nudge = last ? null : options.onAnswer(result.text);
        if (nudge === null) return { type: "answered", text: result.text, ...sum() };
        thread.append("system", { role: "user", content: nudge });
        meter.renew();
        continue;
      }

      const calls = numberCalls(result, seq, {
        room: limits.tool_calls - toolCalls,
        terminal: options.terminal,
        last,
      });
      const counted = calls.filter((one) =>
        one.refusal === undefined && one.call.name !== options.terminal
      ).length;
      toolCalls += counted;
      meter.spend(NO_USAGE, counted);
      const mayEnd = last || calls.some((one) => one.call.name === options.terminal);
      // The ledger is written while the tools run.
      if (!mayEnd) meter.renew();
      const results = await abilities.run(calls);
      const contents = fitResults(
        results.map((one) => one.content),
        thread.messages,
        tools,
        options.budget,
        options.count,
      );
      results.forEach((one, i) =>
        thread.append("tool", { role: "tool", tool_call_id: one.tool_call_id, content: contents[i] ?? "" })
      );
      const end = results.find((one) => one.end !== undefined);
      if (end) return { type: "ended", value: end.end, ...sum() };
      if (last) return { type: "failed", failure: modelFailure("malformed_output"), ...sum() };
      if (mayEnd) meter.renew();
    }
  } finally {
    cancelDeadline();
  }
}

/** In budgets: a user's long message may exceed one, nobody's rows may exceed this. */
const LONGEST_PROMPT = 5;

const TOO_LONG: FailedTurn = {
  type: "failed",
  kind: "context_overflow",
  retryable: false,
  model: "",
  usage: NO_USAGE,
};

async function modelTurn(options: LoopOptions, turn: number, tools: ToolSchema[], signal: AbortSignal) {
  const messages = fitPrompt(options.thread.messages, tools, options.budget, options.count);
  if (options.count(messages, tools) > options.budget * LONGEST_PROMPT) return TOO_LONG;
  const stream = options.model.streamTurn({
    profile: options.profile,
    messages,
    tools,
    max_output_tokens: options.max_output_tokens,
    user: options.user,
  }, { signal });
  for await (const event of stream) {
    switch (event.type) {
      case "text_delta":
        options.onText?.(event.text, turn);
        break;
      case "tool_call_started":
        options.onToolCallStarted?.(event.name);
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
  throw new Error("The model's stream ended without a terminal event, against its contract");
}

/** Calls beyond a limit, and all calls of a turn that was cut off, are marked to be refused instead of run. */
function numberCalls(
  turn: FinishedTurn,
  seq: number,
  { room, terminal, last }: { room: number; terminal: string | null; last: boolean },
): NumberedCall[] {
  let left = last ? 0 : room;
  const end = turn.tool_calls.findIndex((call) => call.name === terminal);
  return turn.tool_calls.map((call, index) => {
    if (turn.finish_reason === "length") return { call, seq, index, refusal: CUT_OFF };
    if (end >= 0 && index > end) return { call, seq, index, refusal: AFTER_THE_END };
    if (call.name === terminal || left-- > 0) return { call, seq, index };
    return { call, seq, index, refusal: AT_LIMIT };
  });
}

const CUT_OFF =
  "Your turn was cut off at the output limit, so this call was not run. Make fewer or shorter calls.";
const AFTER_THE_END = "The result was handed in before this call, so it was not run.";
const AT_LIMIT = "The limit is reached, so this call was not run.";

async function limitReached(
  state: { turn: number; toolCalls: number; limits: Limits; late: boolean; meter: Meter },
): Promise<MetLimit | null> {
  const { turn, toolCalls, limits, late, meter } = state;
  const over = await meter.ready();
  if (late) return { reason: "budget", name: `${limits.wall_ms / 1000} seconds` };
  if (turn > limits.turns) return { reason: "limit", name: `${limits.turns} model turns` };
  if (toolCalls >= limits.tool_calls) return { reason: "limit", name: `${limits.tool_calls} tool calls` };
  return over === null ? null : { reason: "budget", name: `the budget (${over})` };
}

/** Arguments that did not parse are not sent back: hosts refuse the next request when they are. */
function assistantMessage(turn: FinishedTurn) {
  return {
    role: "assistant" as const,
    content: turn.text,
    ...(turn.tool_calls.length > 0 && {
      tool_calls: turn.tool_calls.map((call) => ({
        id: call.id,
        name: call.name,
        arguments: call.arguments.ok ? JSON.stringify(call.arguments.value) : "{}",
      })),
    }),
    ...(turn.reasoning !== "" && { reasoning: turn.reasoning }),
  };
}

function timeout(clock: Clock, ms: number) {
  const controller = new AbortController();
  return { signal: controller.signal, cancel: clock.after(ms, () => controller.abort()) };
}
