// The only way to run a tool. What was not offered is refused by name, before its arguments are looked at;
// arguments that do not fit come back as a sentence; what may pass is tried again; whatever else a tool throws
// goes to the log, and the model learns only that it failed.
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Clock } from "../async/clock.ts";
import type { Ids, Log, Toolbox, ToolCallRequest, ToolOutcome, ToolSource } from "../agents/ports.ts";
import { pausesWithin, retry } from "../async/retry.ts";
import { cleanText, preview } from "../contracts/text.ts";
import { failed, type ToolResult } from "../contracts/tool_result.ts";
import type { DomainDatabase } from "../db/domain_database.ts";
import type { ReadOnlyDb } from "../db/read_only_db.ts";
import type { IsUndoable, ReceiptOf } from "../db/receipts.ts";
import { DatabaseError, isPassing, isStopped, refusal } from "./database_errors.ts";
import type { Refusals } from "./define_domain.ts";
import { getToolsForAgent } from "./permissions.ts";
import type { Tool } from "./define_tool.ts";
import { writeOnce } from "./write_once.ts";

interface WriteAttempt {
  call_id: string;
  attempt: string;
  /** To be told of each request that has changed rows: whether that can be undone. */
  onChange(undoable: boolean): void;
}

export interface ToolSourceOptions {
  catalogue: readonly Tool[];
  /** The domain's words for constraints. */
  refusals?: Refusals;
  read_db: ReadOnlyDb;
  /** The user's client for one attempt at a call. */
  write_db(attempt: WriteAttempt): SupabaseClient<DomainDatabase>;
  /** Finds what earlier attempts at a call have left behind. */
  receiptOf: ReceiptOf;
  /** Asked of a call that an earlier attempt has carried out. */
  isUndoable: IsUndoable;
  user_id: string;
  clock: Clock;
  ids: Ids;
  log: Log;
  /** For so long a call is tried again while the database fails in a passing way, before the model hears of it. */
  lease_seconds: number;
}

/** The tools as one user's agents get them. */
export function createToolSource(options: ToolSourceOptions): ToolSource {
  const { catalogue } = options;
  return {
    catalogue: catalogue.map(({ name, access }) => ({ name, access })),
    open({ permission, names, time_zone }): Toolbox {
      const offered = getToolsForAgent(catalogue, permission).filter(({ name }) => names.includes(name));
      return {
        offered: offered.map(({ schema, access }) => ({ schema, access })),
        dispatch: (call) => dispatch(call, offered, time_zone, options),
      };
    },
  };
}

async function dispatch(
  call: ToolCallRequest,
  offered: readonly Tool[],
  time_zone: string,
  options: ToolSourceOptions,
): Promise<ToolOutcome> {
  const tool = offered.find(({ name }) => name === call.name);
  if (tool === undefined) return notOffered(call.name, offered);
  try {
    return await run(tool, call, time_zone, options);
  } catch (error) {
    const refused = error instanceof DatabaseError ? refusal(error, options.refusals) : undefined;
    const stopped = error instanceof DatabaseError && isStopped(error);
    // A missing right may be the user's, a grant that was forgotten, or a footprint that is too small.
    if (!refused || (!refused.ok && refused.error === "not_allowed" && !stopped)) {
      options.log.error(`Tool ${tool.name} failed`, { call_id: call.call_id, error });
    }
    if (refused) return refused;
    return failed(
      "failed",
      `${tool.name} failed on our side, not through its arguments. It may work if called again.`,
    );
  }
}

async function run(
  tool: Tool,
  call: ToolCallRequest,
  time_zone: string,
  options: ToolSourceOptions,
): Promise<ToolOutcome> {
  const { call_id } = call;
  const { read_db, write_db, receiptOf, isUndoable, user_id, clock, ids, lease_seconds } = options;
  const patiently = { pauses: pausesWithin(lease_seconds * 1_000, clock), passes: isPassing, clock };
  const setting = { user_id, now: new Date(clock.now()), time_zone };
  if (tool.access === "read") {
    const prepared = tool.prepare(call.arguments);
    if (!prepared.ok) return failed("invalid_arguments", prepared.problem);
    return await retry(() => prepared.run({ ...setting, db: read_db }), patiently);
  }
  const prepared = tool.prepare(call.arguments);
  if (!prepared.ok) return failed("invalid_arguments", prepared.problem);
  const new_id = (role: string) => ids.derived(call_id, role);
  return await retry(async () => {
    const attempt = ids.random();
    const changes: boolean[] = [];
    const db = write_db({ call_id, attempt, onChange: (undoable) => changes.push(undoable) });
    const context = { ...setting, db, call_id, new_id };
    const { result, found } = await writeOnce(prepared, { context, attempt, receiptOf });
    // The answer to the attempt that changed something may be lost.
    if (found && changes.length === 0) changes.push(await isUndoable(call_id));
    const undoable = changes.length > 0 && changes.every((one) => one);
    return undoable ? { ...result, undoable } : result;
  }, patiently);
}

function notOffered(name: string, offered: readonly Tool[]): ToolResult {
  const names = offered.map((tool) => tool.name).join(", ") || "none";
  return failed("not_allowed", `You may not use "${preview(cleanText(name), 60)}". Your tools: ${names}.`);
}
