// The one loop that planner and executor share: call the model, run the tools it asks for, give it their
// results, and again, until it answers, ends itself with a terminal tool, or meets a limit. What comes next is
// read from the thread, every time: so an interrupted loop is resumed as if it had not been.
import { cutOf } from "../../contracts/cut.ts";
import { assertNever } from "../../contracts/errors.ts";
import type { ModelAttempt, ModelFailureKind, ToolSchema } from "../../contracts/model.ts";
import { modelFailure } from "../../contracts/model_failure.ts";
import { addUsage, NO_USAGE, type Usage } from "../../contracts/usage.ts";
import type { AgentDeps } from "../deps.ts";
import type { ThreadPoint } from "../durable/thread_point.ts";
import type { UsageMeter } from "../durable/usage_meter.ts";
import type { LoopLimits, ModelCall } from "../limits.ts";
import type { Clock } from "../../async/clock.ts";
import { isUnfinished, type LoopEnd, type LoopEvent, type Unfinished } from "./loop_events.ts";
import { brokenLimit, refusedCall } from "./broken_limit.ts";
import { lastSaid, type LastWords, type Position, position, withinBudget } from "./loop_state.ts";
import { modelTurn, type OfferedTools, type Prompt, promptOf, type TurnEnd } from "./model_turn.ts";
import { type ResultRoom, resultRoom } from "./result_room.ts";
import { withKeptEcho } from "./kept_echo.ts";
import { assistantMessage, type Thread } from "./thread.ts";
import type { CallResult } from "./call_outcome.ts";
import type { NumberedCall } from "./turn_call.ts";
import { createTurnTelling, type TurnTelling } from "./turn_telling.ts";

/** What sets one agent apart from another. */
export interface LoopAgent {
  /** The tools of the next turn, before its last one. */
  toolsForTurn(): ToolSchema[];
  /** Runs the calls of one turn; the results come back in the order of the calls. */
  runCalls(calls: NumberedCall[], telling: TurnTelling): Promise<CallResult[] | Unfinished>;
  /** Whether the rows of the thread show that an earlier owner has begun this call. */
  hasBegun(call_id: string): Promise<boolean>;
  /** The tool that ends the loop with its arguments; it does not count as a call. */
  terminal: string | null;
  /** The last turn: what may still be called, be it nothing, and how the model is told. */
  lastTurn: { tools: ToolSchema[]; prompt(limit: string): string };
  /** Said once to a model that answers in text; null where text is the answer. */
  nudge: string | null;
}

export interface LoopOptions {
  agent: LoopAgent;
  thread: Thread;
  /** What the thread has been told before this loop. */
  point: ThreadPoint;
  call: ModelCall;
  limits: LoopLimits;
  /** How long others have worked on the thread before this loop; waiting does not count. */
  worked_ms: number;
  meter: UsageMeter;
  deps: Pick<AgentDeps, "model" | "count" | "clock" | "ids" | "log" | "user">;
  signal: AbortSignal;
  /** Once aborted, the loop stops where it can be resumed. */
  hand_off_due: AbortSignal;
}

/** What a loop remembers beside its thread. */
interface LoopState extends ThreadPoint {
  /** The last turn was made by this process, and its model call is not settled yet. */
  turnNotSettled: boolean;
  /** Aborts when the time before the last turn is up. */
  late: AbortSignal;
}

/** Works until there is an outcome; the contract stands with LoopEvent. */
export async function* runLoop(options: LoopOptions): AsyncGenerator<LoopEvent, void> {
  const { point, limits, worked_ms, deps: { clock } } = options;
  const deadline = timeout(clock, limits.wall_ms - worked_ms);
  const state: LoopState = { ...point, turnNotSettled: false, late: deadline.signal };
  let end: LoopEnd | null = null;
  try {
    while (end === null) end = yield* move(options, state);
  } finally {
    deadline.cancel();
  }
  yield { type: "ended", outcome: { ...end, limit: state.limit } };
}

/** Does what comes next. */
async function* move(options: LoopOptions, state: LoopState): AsyncGenerator<LoopEvent, LoopEnd | null> {
  if (options.signal.aborted) return { type: "aborted" };
  const at = standing(options);
  // An answer that is there is finished sooner than handed off.
  if (options.hand_off_due.aborted && at.next !== "answer") return { type: "suspended" };
  switch (at.next) {
    case "tools":
      return await runTools(at.calls, options, state);
    case "answer":
      return takeAnswer(at.answer, options, state);
    case "model":
      return yield* askModel(at, options, state);
    default:
      return assertNever(at);
  }
}

function standing({ thread, agent, limits }: LoopOptions): Position {
  return position(thread.messages, { terminal: agent.terminal, tool_calls: limits.tool_calls });
}

async function runTools(
  calls: NumberedCall[],
  options: LoopOptions,
  state: LoopState,
): Promise<LoopEnd | null> {
  const { agent, meter, deps } = options;
  const mayEnd = state.limit !== null || calls.some(({ call }) => call.name === agent.terminal);
  // Before the first of them is made, also where it is a takeover that makes them.
  const allowed = await withinBudget(calls, {
    terminal: agent.terminal,
    begun: async ({ message_id, index }) => await agent.hasBegun(await deps.ids.derived(message_id, index)),
    take: meter.takeCalls,
  });
  // The ledger is written while the tools run.
  if (state.turnNotSettled && !mayEnd) meter.renew();
  const results = await answerCalls(allowed, options, state);
  if (isUnfinished(results)) return { type: options.signal.aborted ? "aborted" : results };
  state.turnNotSettled = false;
  const end = calls.find(({ call }, i) => call.name === agent.terminal && results[i]?.ok);
  if (end?.call.arguments.ok) return { type: "submitted", value: end.call.arguments.value };
  return state.limit === null ? null : endWithout("malformed_output", options);
}

/** Runs the calls and appends their results. However that ends, readers are told of each call that was made. */
async function answerCalls(
  calls: NumberedCall[],
  options: LoopOptions,
  state: LoopState,
): Promise<CallResult[] | Unfinished> {
  const { agent, thread, call: { window }, deps: { count } } = options;
  const { tools } = turnTools(agent, state);
  const room = resultRoom(thread, tools, { window, results: calls.length }, count);
  const telling = createTurnTelling(room.isSure);
  try {
    const results = await agent.runCalls(calls, telling);
    if (isUnfinished(results)) return results;
    if (results.length !== calls.length) {
      throw new Error(`Cannot answer tool calls: ${calls.length} were made, ${results.length} have results`);
    }
    appendResults(results, room, options);
    return results;
  } finally {
    telling.rest();
  }
}

/** The end of a loop whose model has nothing more to say: where text is the answer, what it said before is. */
function endWithout(kind: ModelFailureKind, { agent, thread }: LoopOptions): LoopEnd {
  const said = agent.nudge === null ? lastSaid(thread.messages) : null;
  return said ? { type: "answered", ...said } : { type: "failed", failure: modelFailure(kind) };
}

function takeAnswer(answer: LastWords, { agent, thread }: LoopOptions, state: LoopState): LoopEnd | null {
  if (agent.nudge === null || state.nudged || state.limit !== null) return { type: "answered", ...answer };
  state.nudged = true;
  thread.append({ kind: "nudge", sender: "system", message: { role: "user", content: agent.nudge } });
  return null;
}

async function* askModel(
  at: Position,
  options: LoopOptions,
  state: LoopState,
): AsyncGenerator<LoopEvent, LoopEnd | null> {
  const { agent, thread, meter, limits, signal, hand_off_due, deps } = options;
  let prompt = nextPrompt(options, state);
  let reserved = await meter.ready(prompt.tokens);
  if (hand_off_due.aborted) return { type: "suspended" };
  if (state.limit === null && reserved.allowed) {
    const limit = brokenLimit({ ...at, limits, late: state.late.aborted, reserved });
    if (limit !== null) {
      const content = agent.lastTurn.prompt(limit.name);
      thread.append({ kind: "limit", limit, sender: "system", message: { role: "user", content } });
      state.limit = limit;
      prompt = nextPrompt(options, state);
      reserved = await meter.ready(prompt.tokens);
    }
  }
  if (signal.aborted) return { type: "aborted" };
  if (!reserved.allowed) return { type: "failed", failure: refusedCall(reserved) };
  const message_id = deps.ids.random();
  const result = yield* timedTurn(message_id, prompt, options, state);
  yield { type: "usage", usage: result.usage };
  if (signal.aborted) return { type: "aborted" };
  return yield* takeTurn(result, message_id, options, state);
}

function nextPrompt({ agent, thread, call, deps }: LoopOptions, state: LoopState): Prompt {
  return promptOf(thread, turnTools(agent, state), call, deps);
}

/** A last turn has a time of its own; the ones before are cut off when the loop's time is up. */
async function* timedTurn(
  message_id: string,
  prompt: Prompt,
  { call, limits, meter, signal, deps }: LoopOptions,
  state: LoopState,
): AsyncGenerator<LoopEvent, TurnEnd> {
  const isLastTurn = state.limit !== null;
  const stop = isLastTurn ? timeout(deps.clock, limits.last_turn_ms) : null;
  const stopped = AbortSignal.any([signal, stop?.signal ?? state.late]);
  let earlier = NO_USAGE;
  let attempt = 1;
  const again = async (spent: Usage) => {
    earlier = addUsage(earlier, spent);
    meter.spend(spent);
    attempt += 1;
    const { allowed, broken_budget } = await meter.ready(prompt.tokens, attempt);
    // What the run has left beyond its budget is for the last turn.
    return allowed && (isLastTurn || broken_budget === null);
  };
  try {
    const onAttempt = (made: ModelAttempt) => meter.made(made, prompt.cut);
    const turn = yield* modelTurn({ ...call, prompt, message_id }, deps, {
      signal: stopped,
      again,
      onAttempt,
    });
    meter.spend(turn.usage);
    return { ...turn, usage: addUsage(earlier, turn.usage) };
  } finally {
    stop?.cancel();
  }
}

async function* takeTurn(
  turn: TurnEnd,
  message_id: string,
  options: LoopOptions,
  state: LoopState,
): AsyncGenerator<LoopEvent, LoopEnd | null> {
  const { thread, meter, deps } = options;
  switch (turn.type) {
    case "aborted":
      if (state.limit !== null) return { type: "failed", failure: modelFailure("timeout") };
      yield { type: "turn_cut_off", message_id };
      return null;
    case "failed":
      return turn.kind === "empty_response"
        ? endWithout(turn.kind, options)
        : { type: "failed", failure: modelFailure(turn.kind) };
    case "finished": {
      const { turn: said, state: echo } = withKeptEcho(turn);
      if (echo === "too large") {
        deps.log.error("what a host wants back is too large to keep; its next call goes without", {
          model: turn.model,
        });
      }
      const message = assistantMessage(said);
      meter.wrote(thread.append({ kind: "turn", id: message_id, sender: thread.agent.type, message, turn }));
      state.turnNotSettled = true;
      return null;
    }
    default:
      return assertNever(turn);
  }
}

/** Where none may be called, those that were offered stay: some hosts refuse calls in the history of a request without. */
function turnTools({ toolsForTurn, lastTurn }: LoopAgent, { limit }: LoopState): OfferedTools {
  if (limit === null) return { tools: toolsForTurn() };
  return lastTurn.tools.length > 0
    ? { tools: lastTurn.tools }
    : { tools: toolsForTurn(), tool_choice: "none" };
}

function appendResults(results: CallResult[], room: ResultRoom, { thread }: LoopOptions) {
  const contents = room.fit(results.map(({ content }) => content));
  for (const [i, { tool_call_id, content: whole, shown_rows, tell }] of results.entries()) {
    const content = contents[i] ?? "";
    const cut = cutOf("result", JSON.stringify(whole), content);
    tell?.(cut.length > 0 ? "cut" : "whole");
    thread.append({
      ...{ kind: "result", sender: "tool", message: { role: "tool", tool_call_id, content } },
      ...{ cut, shown_rows },
    });
  }
}

function timeout(clock: Clock, ms: number) {
  const controller = new AbortController();
  if (ms <= 0) controller.abort();
  return { signal: controller.signal, cancel: clock.after(ms, () => controller.abort()) };
}
