// The one loop that planner and executor share: call the model, run the tools it asks for, give it their
// results, and again, until it answers, ends itself with a terminal tool, or meets a limit. What comes next is
// read from the thread, every time: so a loop that was interrupted goes on as if it had not been.
import { assertNever, type Failure } from "../../contracts/errors.ts";
import type { MetLimit } from "../../contracts/message_kind.ts";
import type { FailedTurn, ModelProfile, ToolSchema } from "../../contracts/model.ts";
import { modelFailure } from "../../contracts/model_failure.ts";
import { NO_USAGE, type Usage } from "../../contracts/usage.ts";
import type { UsageMeter } from "../durable/usage_meter.ts";
import type { Limits } from "../limits.ts";
import type { Clock, Ids, Model, TokenCounter } from "../ports.ts";
import { countedCalls, type Position, position } from "./loop_state.ts";
import { fitPrompt, fitResults } from "./prompt_budget.ts";
import { assistantMessage, type Thread } from "./thread.ts";
import type { CallResult, NumberedCall } from "./tool_calls.ts";

/** What the loop's agent can do in its next turn. */
export interface Abilities {
  tools: ToolSchema[];
  /** Runs the calls of one turn; the results come back in the order of the calls. Null when it was suspended. */
  run(calls: NumberedCall[]): Promise<CallResult[] | null>;
}

export interface LoopOptions {
  model: Model;
  profile: ModelProfile;
  /** The pseudonym of the end user. */
  user: string;
  thread: Thread;
  abilities(): Abilities;
  /** The tool that ends the loop with its arguments; it does not count as a call. */
  terminal: string | null;
  /** The last turn: what may still be called, and how the model is told. */
  lastTurn: { tools: ToolSchema[]; prompt(limit: string): string };
  /** Asked when the model answers in text: a string makes it go on, null accepts the answer. */
  onAnswer(text: string): string | null;
  /** `message_id` is the message that the turn will be, if it is finished. */
  onText?(delta: string, message_id: string): void;
  /** Told that a turn was cut off: whatever it said is void. */
  onCutOff?(message_id: string): void;
  onToolCallStarted?(name: string): void;
  /** Told what a model call cost as soon as it is known, also of one that failed or was cut off. */
  onUsage?(usage: Usage): void;
  limits: Limits;
  /** The limit that was met before, where the loop is resumed. */
  met: MetLimit | null;
  meter: UsageMeter;
  /** Tokens of a whole prompt. */
  budget: number;
  max_output_tokens: number;
  count: TokenCounter;
  clock: Clock;
  ids: Ids;
  /** Milliseconds that earlier owners have worked on this already. */
  age_ms?: number;
  signal: AbortSignal;
  /** Once aborted, the loop stops where it can be taken up again. */
  handover: AbortSignal;
}

export type LoopOutcome =
  & { limit: MetLimit | null }
  & (
    | { type: "answered"; text: string }
    | { type: "ended"; value: unknown }
    | { type: "failed"; failure: Failure }
    | { type: "aborted" }
    | { type: "suspended" }
  );

export async function runLoop(options: LoopOptions): Promise<LoopOutcome> {
  const { thread, limits, meter, clock, signal, handover, terminal } = options;
  const deadline = new AbortController();
  const left_ms = limits.wall_ms - (options.age_ms ?? 0);
  if (left_ms <= 0) deadline.abort();
  const cancelDeadline = clock.after(left_ms, () => deadline.abort());
  /** The last turn was spoken here, and its call is not settled yet. */
  let fresh = false;
  let limit = options.met;
  const whereItStands = () => position(thread.messages, { terminal, tool_calls: limits.tool_calls });
  const callsToRun = (at: Position) => at.next === "tools" ? countedCalls(at.calls, terminal) : 0;

  try {
    for (;;) {
      if (signal.aborted) return { type: "aborted", limit };
      const at = whereItStands();
      // An answer that is there is finished sooner than handed on.
      if (handover.aborted && at.next !== "answer") return { type: "suspended", limit };

      if (at.next === "tools") {
        const mayEnd = limit !== null || at.calls.some((one) => one.call.name === terminal);
        // The ledger is written while the tools run.
        if (fresh && !mayEnd) meter.renew();
        const abilities = options.abilities();
        const results = await abilities.run(at.calls);
        if (results === null) return { type: "suspended", limit };
        if (results.length !== at.calls.length) throw new Error("A tool call has no result");
        fresh = false;
        appendResults(results, limit === null ? abilities.tools : options.lastTurn.tools, options);
        const end = at.calls.find(({ call }, i) => call.name === terminal && results[i]?.ok);
        if (end?.call.arguments.ok) return { type: "ended", value: end.call.arguments.value, limit };
        if (limit !== null) return { type: "failed", failure: modelFailure("malformed_output"), limit };
        continue;
      }
      if (at.next === "answer") {
        const nudge = limit === null ? options.onAnswer(at.text) : null;
        if (nudge === null) return { type: "answered", text: at.text, limit };
        thread.append({ kind: "nudge", sender: "system", message: { role: "user", content: nudge } });
        continue;
      }

      const over = await meter.ready();
      if (handover.aborted) return { type: "suspended", limit };
      if (limit === null) {
        limit = limitReached({ ...at, limits, late: deadline.signal.aborted, over });
        if (limit !== null) {
          const content = options.lastTurn.prompt(limit.name);
          thread.append({ kind: "limit", limit, sender: "system", message: { role: "user", content } });
        }
      }
      if (signal.aborted) return { type: "aborted", limit };
      const last = limit !== null;
      const stop = last ? timeout(clock, limits.last_turn_ms) : { signal: deadline.signal, cancel() {} };
      const tools = last ? options.lastTurn.tools : options.abilities().tools;
      const message_id = options.ids.random();
      const result = await modelTurn(options, message_id, tools, AbortSignal.any([signal, stop.signal]));
      stop.cancel();
      meter.spend(result.usage, 0);
      options.onUsage?.(result.usage);
      if (signal.aborted) return { type: "aborted", limit };

      switch (result.type) {
        case "aborted":
          if (last) return { type: "failed", failure: modelFailure("timeout"), limit };
          options.onCutOff?.(message_id);
          break;
        case "failed":
          return { type: "failed", failure: modelFailure(result.kind), limit };
        case "finished":
          thread.append({
            id: message_id,
            kind: "turn",
            sender: thread.agent.type,
            message: assistantMessage(result),
            turn: result,
          });
          fresh = true;
          // Here, because it may be the next owner who runs them.
          meter.spend(NO_USAGE, callsToRun(whereItStands()));
          break;
        default:
          assertNever(result);
      }
    }
  } finally {
    cancelDeadline();
  }
}

function appendResults(results: CallResult[], tools: ToolSchema[], { thread, budget, count }: LoopOptions) {
  const contents = fitResults(
    results.map((one) => one.content),
    thread.messages,
    tools,
    budget,
    count,
  );
  results.forEach((one, i) =>
    thread.append({
      kind: "result",
      sender: "tool",
      message: { role: "tool", tool_call_id: one.tool_call_id, content: contents[i] ?? "" },
    })
  );
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

async function modelTurn(
  options: LoopOptions,
  message_id: string,
  tools: ToolSchema[],
  signal: AbortSignal,
) {
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
        options.onText?.(event.text, message_id);
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

function limitReached(
  { turns, tool_calls, limits, late, over }: {
    turns: number;
    tool_calls: number;
    limits: Limits;
    late: boolean;
    over: string | null;
  },
): MetLimit | null {
  if (late) return { reason: "budget", name: `${limits.wall_ms / 1000} seconds` };
  if (turns >= limits.turns) return { reason: "limit", name: `${limits.turns} model turns` };
  if (tool_calls >= limits.tool_calls) return { reason: "limit", name: `${limits.tool_calls} tool calls` };
  return over === null ? null : { reason: "budget", name: `the budget (${over})` };
}

function timeout(clock: Clock, ms: number) {
  const controller = new AbortController();
  return { signal: controller.signal, cancel: clock.after(ms, () => controller.abort()) };
}
