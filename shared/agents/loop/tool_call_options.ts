// What it takes to run the tool calls of a turn, whoever's turn it is.
import type { Clock } from "../../async/clock.ts";
import type { Json } from "../../contracts/text.ts";
import type { ToolResult } from "../../contracts/tool_result.ts";
import type { Ids, KnownTool, Toolbox } from "../ports.ts";
import type { PendingCall, StoredCall } from "../store/records.ts";
import type { ProposedCall, ToolCallRow, Verdicts } from "../store/rows.ts";
import type { Unfinished } from "./loop_events.ts";
import type { Thread } from "./thread.ts";
import type { ToolEvent } from "./tool_events.ts";
import type { TurnTelling } from "./turn_telling.ts";

/** A tool of the agents themselves, such as `create_plan`: not in the catalogue, and shown by its own events. */
export interface BuiltInTool {
  name: string;
  /** `call_id` is the same when the call is repeated: one that is unfinished is to be called again. */
  run(args: Json, call_id: string): Promise<ToolResult | Unfinished>;
}

export interface ToolCallOptions {
  thread: Thread;
  /** Of the step that the calls are made for, if any. */
  step_number?: number;
  toolbox: Toolbox;
  builtIn: readonly BuiltInTool[];
  /** Every tool there is, for the record of a call that was refused. */
  catalogue: readonly KnownTool[];
  emit(event: ToolEvent): void;
  telling: Pick<TurnTelling, "isSure" | "later">;
  /** Each call once with its outcome, and before that with its preview, where a person is asked. */
  write(row: ToolCallRow): void;
  /** The calls of the thread whose outcome is known already: they are told, not run again. */
  recorded: readonly StoredCall[];
  /** Those that were proposed, and have no outcome: they are not proposed again. */
  pending: readonly PendingCall[];
  /** The read tools whose calls are proposed as writes are. */
  guarded_reads: readonly string[];
  /** Stores calls before they are made, and all that was recorded so far. Rejects when that can't be stored. */
  propose(rows: readonly ProposedCall[]): Promise<Verdicts>;
  clock: Clock;
  ids: Ids;
  /** Once aborted, no call starts any more. */
  signal: AbortSignal;
}

/** True for a call that the database has to allow before it is made. */
export function isProposed(name: string, { toolbox, guarded_reads }: ToolCallOptions): boolean {
  const offered = toolbox.offered.find(({ schema }) => schema.name === name);
  return offered !== undefined && (offered.access === "write" || guarded_reads.includes(name));
}
