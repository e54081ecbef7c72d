// Conversations by the ids that other people's clients have for them, and runs as they are shown to those.
import { z } from "zod";
import type { RunEvent } from "../contracts/events.ts";
import { AgentError } from "../contracts/errors.ts";
import type { EngineClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";
import { readableEvent } from "./parsed_rows.ts";
import { type Patience, patiently } from "./patiently.ts";
import { NO_RUN } from "./runs.ts";

/** So much of a conversation is its history: more is long to send, and nobody scrolls there on arriving. */
const MAX_MESSAGES = 100;
/** Of so many events together; older runs are shown by their messages. */
const MAX_EVENTS = 10_000;

const Run = z.object({
  run_id: z.uuid(),
  session_id: z.uuid(),
  /** The id that a client has chosen for the session. */
  client_id: z.string().nullable(),
  request_key: z.string().nullable(),
  /** What its user has said; null once that is deleted. */
  message: z.string().nullable(),
  /** The calls that can still be decided. */
  open: z.array(z.uuid()),
  /** The number of its last event. */
  last: z.int(),
  /** Its pauses, and the calls that each waited for. */
  pauses: z.array(z.object({ seq: z.int(), open: z.array(z.string()).catch([]) })),
});
export type ClientRun = z.infer<typeof Run>;

const Row = z.object({
  id: z.uuid(),
  session_id: z.uuid(),
  role: z.enum(["user", "assistant"]),
  content: z.string(),
  run_id: z.uuid().nullable(),
  /** The id that a client has for what its user said. */
  client_message_id: z.string().nullable(),
});

const Log = z.array(z.unknown()).transform((rows) =>
  rows.map(readableEvent).filter((event) => event !== null)
);

const History = z.object({ messages: z.array(Row), logs: z.record(z.uuid(), Log) });

/** A call of the user's, and the hash of the arguments with which they were asked about it. */
export interface AskedCall {
  id: string;
  run_id: string;
  shown_sha256: string | null;
  /** What was decided on it; null where nothing was. */
  approved: boolean | null;
}

export interface ClientChats {
  /** The unfinished run of a chat; null where there is none, as in a chat that is not there. */
  unfinishedRun(chat_id: string): Promise<string | null>;
  /** The newest messages of a chat, oldest first, and the logs of the runs in it; none of a chat that is not there. */
  history(chat_id: string): Promise<{
    rows: z.infer<typeof Row>[];
    logs: ReadonlyMap<string, readonly RunEvent[]>;
  }>;
  /** Errors: `not_found`. */
  run(run_id: string): Promise<ClientRun>;
  /** Those of these calls that are there. */
  calls(ids: readonly string[]): Promise<AskedCall[]>;
}

/** `db` acts for the user. */
export function createClientChats(db: EngineClient, patience: Patience): ClientChats {
  return {
    unfinishedRun: (chat_id) =>
      patiently(async () => {
        const { data, error, status } = await db.rpc("client_chat_run", { p_client_id: chat_id });
        if (error) throw databaseError(error, status);
        return z.uuid().nullable().parse(data);
      }, patience),
    history: (chat_id) =>
      patiently(async () => {
        const { data, error, status } = await db.rpc("client_chat_history", {
          ...{ p_client_id: chat_id, p_messages: MAX_MESSAGES, p_events: MAX_EVENTS },
        });
        if (error) throw databaseError(error, status);
        const { messages, logs } = History.parse(data);
        return { rows: messages, logs: new Map(Object.entries(logs)) };
      }, patience),
    run: (run_id) =>
      patiently(async () => {
        const { data, error, status } = await db.rpc("client_run", { p_run_id: run_id });
        if (error) throw databaseError(error, status);
        if (data === null) throw new AgentError("not_found", NO_RUN);
        return Run.parse(data);
      }, patience),
    calls: (ids) =>
      patiently(async () => {
        const [calls, decided] = await Promise.all([
          db.from("agent_tool_calls").select("id, run_id, arguments_sha256").in("id", ids),
          db.from("approval_decisions").select("call_id, shown_sha256, approved").in("call_id", ids),
        ]);
        if (calls.error) throw databaseError(calls.error, calls.status);
        if (decided.error) throw databaseError(decided.error, decided.status);
        // An edit that was approved has changed the call's own arguments.
        const before = new Map(decided.data.map((one) => [one.call_id, one]));
        return calls.data.map(({ id, run_id, arguments_sha256 }) => {
          const { shown_sha256 = arguments_sha256, approved = null } = before.get(id) ?? {};
          return { id, run_id, shown_sha256, approved };
        });
      }, patience),
  };
}
