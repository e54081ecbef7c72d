// Runs the tool calls of one model turn, announces them, and records each as a row. Reads that stand next to
// each other run at the same time; a write runs alone, in its place.
import type { ModelToolCall } from "../../contracts/model.ts";
import type { Json } from "../../contracts/text.ts";
import { failed, type ToolAccess, type ToolResult } from "../../contracts/tool_result.ts";
import type { Clock } from "../../async/clock.ts";
import type { Ids, Toolbox, ToolOutcome } from "../ports.ts";
import type { StoredCall } from "../store/records.ts";
import type { ProposedCall, ToolCallRow, Verdict } from "../store/rows.ts";
import { isUnfinished, type Unfinished } from "./loop_events.ts";
import type { Thread } from "./thread.ts";
import { type ToolEvent, toolResultEvent } from "./tool_events.ts";

export interface CallResult {
  /** The model's own id of the call. */
  tool_call_id: string;
  /** What the model is told. */
  content: Json;
  ok: boolean;
}

/** A tool of the agents themselves, such as `create_plan`: not in the catalogue, and shown by its own events. */
export interface BuiltInTool {
  name: string;
  /** `call_id` is the same when the call is repeated: one that is unfinished is to be called again. */
  run(args: Json, call_id: string): Promise<ToolResult | Unfinished>;
}

export interface ToolCallOptions {
  thread: Thread;
  toolbox: Toolbox;
  builtIn: BuiltInTool[];
  /** The access of every tool there is, for the record of a call that was refused. */
  catalogue: readonly { name: string; access: ToolAccess }[];
  emit(event: ToolEvent): void;
  /** Each call once, with its outcome. */
  write(row: ToolCallRow): void;
  /** The calls of the thread whose outcome is known already: they are told, not run again. */
  recorded: readonly StoredCall[];
  /** Stores a write before it is made, and all that was recorded so far. Rejects when that can't be stored. */
  propose(row: ProposedCall): Promise<Verdict>;
  clock: Clock;
  ids: Ids;
  /** Once aborted, no call starts any more. */
  signal: AbortSignal;
}

export interface NumberedCall {
  call: ModelToolCall;
  /** Where it stands: the assistant's message, and its place in it. */
  message_id: string;
  index: number;
  /** Why it must not be run, if so; it is recorded all the same. */
  refusal?: string;
}

/** The results in the order of the calls; or why one of them has none yet, and those after it wait, too. */
export async function runToolCalls(
  calls: NumberedCall[],
  options: ToolCallOptions,
): Promise<CallResult[] | Unfinished> {
  const results: CallResult[] = [];
  for (const group of grouped(calls, options)) {
    const refusal = options.signal.aborted
      ? { refusal: "The run was cancelled, so this call was not run." }
      : {};
    for (
      const result of await Promise.all(group.map((one) => runToolCall({ ...one, ...refusal }, options)))
    ) {
      if (isUnfinished(result)) return result;
      results.push(result);
    }
  }
  return results;
}

function grouped(calls: NumberedCall[], { toolbox }: ToolCallOptions): NumberedCall[][] {
  const reads = new Set(
    toolbox.offered.filter((tool) => tool.access === "read").map((tool) => tool.schema.name),
  );
  const groups: NumberedCall[][] = [];
  let readsBefore = false;
  for (const one of calls) {
    const read = reads.has(one.call.name);
    if (read && readsBefore) groups.at(-1)?.push(one);
    else groups.push([one]);
    readsBefore = read;
  }
  return groups;
}

async function runToolCall(
  numbered: NumberedCall,
  options: ToolCallOptions,
): Promise<CallResult | Unfinished> {
  const { emit, write, clock, ids } = options;
  const { call, message_id, index } = numbered;
  // The same in every replay of this message; another one for another message in its place.
  const id = await ids.derived(message_id, index);
  const builtIn = options.builtIn.find((tool) => tool.name === call.name);
  const recorded = options.recorded.find((one) => one.id === id);
  const startedAt = clock.now();
  const row = callRow(id, call, startedAt, options);
  if (!builtIn) emit({ type: "tool_call", tool_call_id: id, name: call.name, arguments: row.arguments });

  const outcome = recorded
    ? { ...recorded.result, undoable: recorded.undoable }
    : await perform(numbered, row, builtIn, options);
  if (isUnfinished(outcome)) return outcome;
  const { undoable: _, ...result } = outcome;

  const finishedAt = clock.now();
  const duration_ms = recorded?.duration_ms ?? Math.max(0, Math.round(finishedAt - startedAt));
  if (!builtIn) emit(toolResultEvent(id, outcome, duration_ms));
  if (!recorded) {
    write({
      ...row,
      status: result.ok ? "succeeded" : result.error === "not_allowed" ? "rejected" : "failed",
      result: { ...result },
      error: result.ok ? undefined : result.message,
      duration_ms,
      finished_at: new Date(finishedAt).toISOString(),
    });
  }
  return { tool_call_id: call.id, content: { ...result }, ok: result.ok };
}

/** A call's row as it stands before the call is made. */
function callRow(
  id: string,
  call: ModelToolCall,
  startedAt: number,
  options: ToolCallOptions,
): ProposedCall {
  return {
    id,
    agent_id: options.thread.agent.id,
    agent_session_id: options.thread.id,
    tool_call_id: call.id,
    tool_name: call.name,
    access: accessOf(call.name, options),
    arguments: call.arguments.ok ? call.arguments.value : call.arguments.raw,
    status: "proposed",
    result: null,
    created_at: new Date(startedAt).toISOString(),
  };
}

function accessOf(name: string, { catalogue }: ToolCallOptions): ToolAccess | null {
  return catalogue.find((tool) => tool.name === name)?.access ?? null;
}

async function perform(
  { call, refusal }: NumberedCall,
  row: ProposedCall,
  builtIn: BuiltInTool | undefined,
  options: ToolCallOptions,
): Promise<ToolOutcome | Unfinished> {
  if (refusal !== undefined) return failed("not_allowed", refusal);
  if (!call.arguments.ok) {
    return failed("invalid_arguments", `The arguments are not valid JSON: ${call.arguments.problem}`);
  }
  if (builtIn) return await builtIn.run(call.arguments.value, row.id);
  const offered = options.toolbox.offered.find(({ schema }) => schema.name === call.name);
  if (offered?.access === "write") {
    // Before it is made: a process that dies over it leaves its name, and the id under which it may be made again.
    const { status, result } = await options.propose(row);
    if (status !== "approved" && status !== "executing") {
      return result ?? failed("not_allowed", "This was not approved, so it was not done.");
    }
  }
  return await options.toolbox.dispatch({
    call_id: row.id,
    name: call.name,
    arguments: call.arguments.value,
  });
}
