// The contents of one row of a trace, read when it is selected.
import { fields, type Guard, isFlag, isJson, isNumber, isText, listOf, nullable } from "./guards.ts";
import type { Json } from "../../shared/contracts/text.ts";
import type { RowAddress } from "./row_address.ts";
import type { ConsoleData } from "./console_data.ts";

/** A row as the table has it. */
export type WholeRow = Record<string, Json>;

const isWholeRow: Guard<WholeRow> = (value): value is WholeRow =>
  value instanceof Object && !Array.isArray(value);

export async function readRow(data: ConsoleData, { table, key }: RowAddress): Promise<WholeRow | null> {
  const found = await data.rows((rest) => rest.from(table).select().match(key), isWholeRow);
  return found[0] ?? null;
}

export interface ThreadMessage {
  id: string;
  seq: number;
  kind: string;
  role: string;
  content: string;
  tool_calls: { id: string; name: string; arguments: string }[] | null;
  tool_call_id: string | null;
  reasoning: string | null;
  created_at: string;
}

const isCall = fields<{ id: string; name: string; arguments: string }>({
  id: isText,
  name: isText,
  arguments: isText,
});

const isMessage = fields<ThreadMessage>({
  id: isText,
  seq: isNumber,
  kind: isText,
  role: isText,
  content: isText,
  tool_calls: nullable(listOf(isCall)),
  tool_call_id: nullable(isText),
  reasoning: nullable(isText),
  created_at: isText,
});

/** Messages of a thread by their numbers, both included. */
export function readMessages(
  data: ConsoleData,
  thread: string,
  { from, to }: { from: number; to: number },
): Promise<ThreadMessage[]> {
  return data.rows((rest) =>
    rest.from("agent_chat_messages")
      .select("id,seq,kind,role,content,tool_calls,tool_call_id,reasoning,created_at")
      .eq("agent_session_id", thread).gte("seq", from).lte("seq", to).order("seq"), isMessage);
}

export interface ThreadFacts {
  initial_context: Json;
  planner_agent_id: string | null;
  executor_agent_id: string | null;
}

const isThreadFacts = fields<ThreadFacts>({
  initial_context: isJson,
  planner_agent_id: nullable(isText),
  executor_agent_id: nullable(isText),
});

export interface AgentFacts {
  name: string;
  available_tools: string[];
}

const isAgent = fields<AgentFacts>({ name: isText, available_tools: listOf(isText) });

/** What a thread began with, and who speaks in it. */
export async function readThread(
  data: ConsoleData,
  thread: string,
): Promise<{ thread: ThreadFacts; agent: AgentFacts | null } | null> {
  const [found] = await data.rows(
    (rest) =>
      rest.from("agent_chat_sessions").select("initial_context,planner_agent_id,executor_agent_id").eq(
        "id",
        thread,
      ),
    isThreadFacts,
  );
  if (!found) return null;
  const id = found.executor_agent_id ?? found.planner_agent_id;
  if (id === null) return { thread: found, agent: null };
  const [agent] = await data.rows(
    (rest) => rest.from("agents").select("name,available_tools").eq("id", id),
    isAgent,
  );
  return { thread: found, agent: agent ?? null };
}

/** One row that a tool call has changed. */
export interface Change {
  relation: string;
  op: string;
  row_key: Json;
  before: Json;
  after: Json;
  kept: boolean;
  undone_at: string | null;
}

const isChange = fields<Change>({
  relation: isText,
  op: isText,
  row_key: isJson,
  before: isJson,
  after: isJson,
  kept: isFlag,
  undone_at: nullable(isText),
});

export function readChanges(data: ConsoleData, call_id: string): Promise<Change[]> {
  return data.rows(
    (rest) =>
      rest.from("tool_effects").select("relation,op,row_key,before,after,kept,undone_at")
        .eq("call_id", call_id).order("seq"),
    isChange,
  );
}
