// What came of a call: told to readers, recorded as its row, and handed to the model.
import { storableJson } from "../../contracts/storable_json.ts";
import { inStoredOrder, type Json } from "../../contracts/text.ts";
import type { ShownRow, ToolErrorKind, ToolResult } from "../../contracts/tool_result.ts";
import type { ToolOutcome } from "../ports.ts";
import type { ProposedCall } from "../store/rows.ts";
import type { ToolCallOptions } from "./tool_call_options.ts";
import { toolResultEvent } from "./tool_events.ts";
import type { TurnCall } from "./turn_call.ts";
import type { Tell } from "./turn_telling.ts";

export interface CallResult {
  /** The model's own id of the call. */
  tool_call_id: string;
  /** What the model is told. */
  content: Json;
  /** The rows whose text it shows. */
  shown_rows?: ShownRow[];
  ok: boolean;
  /** Tells readers how the call ended, where that waits for how much of the result the model is told. */
  tell?: Tell;
}

const NEVER_MADE: ReadonlySet<ToolErrorKind> = new Set(["not_allowed", "rejected"]);

/** An outcome of now. */
export function recordOutcome(
  one: TurnCall,
  row: ProposedCall,
  outcome: ToolOutcome,
  { write, clock, ...telling }: Telling & Pick<ToolCallOptions, "write" | "clock">,
): CallResult {
  const { undoable: _, ...result } = outcome;
  const finished_at = clock.now();
  const duration_ms = Math.max(0, Math.round(finished_at - Date.parse(row.created_at)));
  const made = resultFor(one, result);
  const tell = tellResult(made, toolResultEvent(one.id, outcome, duration_ms), row.tool_name, telling);
  write({
    ...row,
    status: result.ok ? "succeeded" : NEVER_MADE.has(result.error) ? "rejected" : "failed",
    result: { ...result },
    error: result.ok ? undefined : result.message,
    duration_ms,
    finished_at: new Date(finished_at).toISOString(),
  });
  return { ...made, ...tell };
}

/** One that the call's row has: told as if it were of now, for a log leaves out what it has already. */
export function repeatOutcome(
  one: TurnCall,
  { result, undoable, duration_ms, tool_name }: NonNullable<TurnCall["recorded"]>,
  telling: Telling,
): CallResult {
  const made = resultFor(one, result);
  const event = toolResultEvent(one.id, { ...result, undoable }, duration_ms);
  return { ...made, ...tellResult(made, event, tool_name, telling) };
}

type Telling = Pick<ToolCallOptions, "emit" | "builtIn" | "telling">;

/** Tells readers at once where the model is told all of it for sure, else leaves it to be told. */
function tellResult(
  { content }: CallResult,
  event: ReturnType<typeof toolResultEvent>,
  tool_name: string,
  { emit, builtIn, telling }: Telling,
): Pick<CallResult, "tell"> {
  // An agent's own tool shows itself by events of its own.
  if (builtIn.some(({ name }) => name === tool_name)) return {};
  if (!telling.isSure(content)) {
    return { tell: telling.later((told) => emit({ ...event, ...(told === "cut" && { cut: true }) })) };
  }
  emit(event);
  return {};
}

/** A model has to know that what was done is not what it asked for. */
function resultFor({ call, edited, arguments: used }: TurnCall, result: ToolResult): CallResult {
  const { rows: shown_rows, ...told } = result;
  const content = edited
    ? { arguments_used: used, ...told, message: `The user changed the arguments. ${told.message}` }
    : { ...told };
  return { tool_call_id: call.id, content: asStored(content), shown_rows, ok: result.ok };
}

/** Each field as the call's row says it: a process that takes over tells the model the same. */
function asStored(content: Record<string, Json>): Json {
  return Object.fromEntries(
    Object.entries(content).map(([field, value]) => [field, inStoredOrder(storableJson(value))]),
  );
}
