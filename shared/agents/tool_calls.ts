// Runs the tool calls of one model turn, announces them, and records each as a row. Reads that stand next to
// each other run at the same time; a write runs alone, in its place.
import type { EventBody } from "../contracts/events.ts";
import type { ModelToolCall } from "../contracts/model.ts";
import { type Json, preview } from "../contracts/text.ts";
import { failed, type ToolAccess, type ToolResult } from "../contracts/tool.ts";
import type { Clock, Ids, Toolbox } from "./ports.ts";
import type { ToolCallRow } from "./records.ts";
import type { Thread } from "./thread.ts";

export interface CallResult {
  /** The model's own id of the call. */
  tool_call_id: string;
  /** What the model is told. */
  content: Json;
  /** What a terminal tool ended the loop with. */
  end?: unknown;
}

/** A tool of the agents themselves, such as `create_plan`: not in the catalogue, and shown by its own events. */
export interface OwnTool {
  name: string;
  run(args: Json): Promise<OwnToolResult>;
}

export interface OwnToolResult {
  result: ToolResult;
  /** Present when the tool ends the loop. */
  end?: unknown;
}

export interface ToolCallOptions {
  thread: Thread;
  toolbox: Toolbox;
  own: OwnTool[];
  /** The access of every tool there is, for the record of a call that was refused. */
  catalogue: readonly { name: string; access: ToolAccess }[];
  emit(event: EventBody): void;
  write(row: ToolCallRow): void;
  clock: Clock;
  ids: Ids;
  /** Once aborted, no call starts any more. */
  signal: AbortSignal;
}

export interface NumberedCall {
  call: ModelToolCall;
  /** Where it stands: the seq of the assistant's message, and its place in it. */
  seq: number;
  index: number;
  /** Why it must not be run, if so; it is recorded all the same. */
  refusal?: string;
}

export async function runToolCalls(calls: NumberedCall[], options: ToolCallOptions): Promise<CallResult[]> {
  const results: CallResult[] = [];
  for (const group of grouped(calls, options)) {
    const refusal = options.signal.aborted
      ? { refusal: "The run was cancelled, so this call was not run." }
      : {};
    results.push(...await Promise.all(group.map((one) => runToolCall({ ...one, ...refusal }, options))));
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

async function runToolCall(numbered: NumberedCall, options: ToolCallOptions): Promise<CallResult> {
  const { thread, emit, write, clock, ids } = options;
  const { call, seq, index } = numbered;
  const id = await ids.derived(thread.id, seq, index);
  const args: Json = call.arguments.ok ? call.arguments.value : call.arguments.raw;
  const own = options.own.find((tool) => tool.name === call.name);
  const startedAt = clock.now();
  if (!own) emit({ type: "tool_call", tool_call_id: id, name: call.name, arguments: args });

  const { result, end } = await perform(numbered, id, own, options.toolbox);

  const finishedAt = clock.now();
  const duration_ms = Math.max(0, Math.round(finishedAt - startedAt));
  const error = result.ok ? undefined : result.message;
  if (!own) {
    const shown = preview(result.message, 200);
    emit({ type: "tool_result", tool_call_id: id, ok: result.ok, result: shown, error, duration_ms });
  }
  write({
    id,
    agent_id: thread.agent.id,
    thread_id: thread.id,
    tool_call_id: call.id,
    tool_name: call.name,
    access: options.catalogue.find((tool) => tool.name === call.name)?.access ?? null,
    arguments: args,
    status: result.ok ? "succeeded" : result.error === "not_allowed" ? "rejected" : "failed",
    result: { ...result },
    error,
    duration_ms,
    created_at: new Date(startedAt).toISOString(),
    finished_at: new Date(finishedAt).toISOString(),
  });
  return { tool_call_id: call.id, content: { ...result }, end };
}

async function perform(
  { call, refusal }: NumberedCall,
  call_id: string,
  own: OwnTool | undefined,
  toolbox: Toolbox,
): Promise<OwnToolResult> {
  if (refusal !== undefined) return { result: failed("not_allowed", refusal) };
  if (!call.arguments.ok) {
    return {
      result: failed("invalid_arguments", `The arguments are not valid JSON: ${call.arguments.problem}`),
    };
  }
  if (own) return await own.run(call.arguments.value);
  return { result: await toolbox.dispatch({ call_id, name: call.name, arguments: call.arguments.value }) };
}
