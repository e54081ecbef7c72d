// Rows as the contract has them: of runs, of one run whole, of sessions and messages.
import type { Failure } from "../shared/contracts/errors.ts";
import type { Open } from "../shared/contracts/read_event.ts";
import type { ChatMessage, ChatSession, RunDetails, RunRow } from "../shared/contracts/run_view.ts";
import { fields, isFlag, isJson, isNumber, isText, listOf, nullable } from "./guards.ts";
import { isUsage } from "./read_events.ts";

const text = nullable(isText);
const created = { id: isText, created_at: isText };

const run = {
  ...created,
  finished_at: text,
  session_id: isText,
  request_key: text,
  status: isText,
  abandoned: isFlag,
  strategy: text,
  usage: nullable(isUsage),
  finished_reason: text,
  error: nullable(fields<Open<Failure>>({ kind: isText, message: isText, retryable: isFlag })),
};

export const isRunRow = fields<RunRow>(run);

/** Any row of a run that tells how it stands. */
export const hasStatus = fields<{ status: string }>({ status: isText });

export const isChatSession = fields<ChatSession>({
  ...created,
  title: isText,
  context_type: isText,
  entity_id: text,
  client_id: text,
  status: isText,
  preferences: isJson,
  updated_at: isText,
});

export const isChatMessage = fields<ChatMessage>({
  ...created,
  session_id: isText,
  role: isText,
  content: isText,
  run_id: text,
  seq: isNumber,
});

/** The rows that belong to a run are taken for what the contract says that they are. */
function isRows<Row extends { id: string }>(value: unknown): value is Row[] {
  return isIdentified(value);
}
const isIdentified = listOf(fields<{ id: string }>({ id: isText }));

export const isRunDetails = fields<RunDetails>({
  ...run,
  request: isJson,
  time_zone: isText,
  cancel_requested_at: text,
  purged_at: text,
  messages: isRows,
  agents: isRows,
  plans: isRows,
  executions: isRows,
  threads: isRows,
  tool_calls: isRows,
});
