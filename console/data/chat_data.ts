// What the chat asks for: conversations, their messages, and what became of their runs.
import { type ChatMessage, type ChatSession, type ReadEvent } from "../../client/mod.ts";
import { fields, isFlag, isJson, isNumber, isText, listOf, nullable } from "./guards.ts";
import { wholeEvent } from "../../client/position.ts";
import { readEvent } from "../../client/read_events.ts";
import type { ConsoleData } from "./console_data.ts";
import { isRowId } from "./row_id.ts";

/** Of one request for rows; the server gives no more. */
const PAGE = 1000;
export const SESSIONS_PAGE = 50;

/** A conversation in the side bar, with its last run. */
export interface SessionRow {
  id: string;
  title: string;
  status: string;
  updated_at: string;
  agent_runs: { id: string; status: string }[];
}

const isSessionRow = fields<SessionRow>({
  ...{ id: isText, title: isText, status: isText, updated_at: isText },
  agent_runs: listOf(fields({ id: isText, status: isText })),
});

/** Newest first, from the `from`th on; one more than a page, where there are more. */
export function sessionRows(data: ConsoleData, status: string, from: number): Promise<SessionRow[]> {
  return data.rows(
    (rest) =>
      rest.from("chat_sessions")
        .select("id,title,status,updated_at,agent_runs(id,status)")
        .eq("status", status)
        .is("deleted_at", null)
        .order("updated_at", { ascending: false })
        .order("id", { ascending: false })
        .order("created_at", { referencedTable: "agent_runs", ascending: false })
        .limit(1, { referencedTable: "agent_runs" })
        .range(from, from + SESSIONS_PAGE),
    isSessionRow,
  );
}

export interface LastRun {
  id: string;
  status: string;
}

const isLastRun = fields<LastRun>({ id: isText, status: isText });

export async function lastRun(data: ConsoleData, session_id: string): Promise<LastRun | null> {
  if (!isRowId(session_id)) return null;
  const [run = null] = await data.rows(
    (rest) =>
      rest.from("agent_runs").select("id,status").eq("session_id", session_id)
        .order("created_at", { ascending: false }).limit(1),
    isLastRun,
  );
  return run;
}

export async function runStatus(data: ConsoleData, run_id: string): Promise<string | null> {
  const [run] = await data.rows(
    (rest) => rest.from("agent_runs").select("id,status").eq("id", run_id),
    isLastRun,
  );
  return run?.status ?? null;
}

export interface MessagePage {
  session: ChatSession;
  messages: ChatMessage[];
  older: string | null;
}

/** The newest messages of a conversation. */
export async function openConversation(data: ConsoleData, session_id: string): Promise<MessagePage> {
  const [session, page] = await Promise.all([
    data.ask((client) => client.getSession(session_id)),
    data.ask((client) => client.listMessages(session_id)),
  ]);
  return { session, messages: page.messages, older: page.next_cursor };
}

/** The assistant's message that a run left in its conversation; null where it left none. */
export async function answerOfRun(data: ConsoleData, run_id: string): Promise<string | null> {
  const [row] = await data.rows(
    (rest) => rest.from("chat_messages").select("content").eq("run_id", run_id).eq("role", "assistant"),
    fields<{ content: string }>({ content: isText }),
  );
  return row?.content ?? null;
}

interface EventRow {
  seq: number;
  type: string;
  at: string;
  agent: unknown;
  data: object;
  tainted: boolean | null;
}

const isEventRow = fields<EventRow>({
  ...{ seq: isNumber, type: isText, at: isText, agent: isJson, tainted: nullable(isFlag) },
  data: (value): value is object => value instanceof Object,
});

/** The log of a run that has ended, as it stands in its rows. */
export async function storedEvents(data: ConsoleData, run_id: string): Promise<ReadEvent[]> {
  const rows = await eventRows(data, run_id, 0);
  return rows.flatMap((row) => {
    const { seq: id, type: event, at, agent, tainted } = row;
    const head = { seq: id, run_id, type: event, at: new Date(at).toISOString() };
    const whole = { ...row.data, ...head, agent: agent ?? undefined, tainted: tainted ?? undefined };
    const read = readEvent({ at: wholeEvent(id), event, data: JSON.stringify(whole) });
    return read ? [read] : [];
  });
}

async function eventRows(data: ConsoleData, run_id: string, after: number): Promise<EventRow[]> {
  const page = await data.rows(
    (rest) =>
      rest.from("agent_run_events").select("seq,type,at,agent,data,tainted").eq("run_id", run_id)
        .gt("seq", after).order("seq").limit(PAGE),
    isEventRow,
  );
  const last = page.at(-1);
  return last && page.length === PAGE ? [...page, ...await eventRows(data, run_id, last.seq)] : page;
}

/** Those of these calls that their user has taken back. */
export async function undoneCalls(data: ConsoleData, call_ids: readonly string[]): Promise<string[]> {
  const rows = await data.rows(
    (rest) =>
      rest.from("tool_effects").select("call_id").in("call_id", call_ids).not("undone_at", "is", null),
    fields<{ call_id: string }>({ call_id: isText }),
  );
  return [...new Set(rows.map(({ call_id }) => call_id))];
}
