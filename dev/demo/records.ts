// What a run left in the database, read as its user through supabase-js: the record of the run, and the rows of
// the workspace that it touched.
import type { SupabaseClient } from "@supabase/supabase-js";
import type { Database } from "../../shared/domain/database.types.ts";

type Client = SupabaseClient<Database>;

export interface Records {
  run: Rows<"agent_runs">[number];
  agents: Rows<"agents">;
  plans: Rows<"agent_plans">;
  executions: Rows<"agent_executions">;
  threads: Rows<"agent_chat_sessions">;
  messages: Rows<"agent_chat_messages">;
  tool_calls: Rows<"agent_tool_calls">;
  events: { type: string }[];
  chat_messages: Rows<"chat_messages">;
  changes: Change[];
}

/** A workspace row that is younger than the run, or was changed since it began. */
export interface Change {
  table: "projects" | "tasks" | "notes" | "brain_dumps" | "calendar_events";
  change: "created" | "updated";
  name: string;
  detail: string;
}

type Tables = Database["public"]["Tables"];
type Rows<Name extends keyof Tables> = Tables[Name]["Row"][];

/** Every row of the run. Throws when the database refuses one of the reads. */
export async function readRecords(client: Client, run_id: string, time_zone: string): Promise<Records> {
  const [run, agents, plans, executions, threads, messages, tool_calls, events, chat_messages] = await Promise
    .all([
      rows(client.from("agent_runs").select("*").eq("id", run_id)),
      rows(client.from("agents").select("*").eq("run_id", run_id).order("created_at")),
      rows(client.from("agent_plans").select("*").eq("run_id", run_id).order("revision")),
      rows(client.from("agent_executions").select("*").eq("run_id", run_id).order("step_number")),
      rows(client.from("agent_chat_sessions").select("*").eq("run_id", run_id).order("created_at")),
      rows(client.from("agent_chat_messages").select("*").eq("run_id", run_id).order("seq")),
      rows(client.from("agent_tool_calls").select("*").eq("run_id", run_id).order("created_at")),
      rows(client.from("agent_run_events").select("type").eq("run_id", run_id).order("seq")),
      rows(client.from("chat_messages").select("*").eq("run_id", run_id).order("seq")),
    ]);
  const [first] = run;
  if (first === undefined) throw new Error(`There is no run ${run_id} among this user's rows`);
  const changes = await readChanges(client, first.created_at, time_zone);
  return {
    run: first,
    agents,
    plans,
    executions,
    threads,
    messages,
    tool_calls,
    events,
    chat_messages,
    changes,
  };
}

async function readChanges(client: Client, since: string, time_zone: string): Promise<Change[]> {
  const [projects, tasks, notes, brain_dumps, calendar_events] = await Promise.all([
    rows(client.from("projects").select("*").gte("updated_at", since).order("updated_at")),
    rows(client.from("tasks").select("*").gte("updated_at", since).order("start_date")),
    rows(client.from("notes").select("*").gte("updated_at", since).order("updated_at")),
    rows(client.from("brain_dumps").select("*").gte("updated_at", since).order("updated_at")),
    rows(client.from("calendar_events").select("*").gte("updated_at", since).order("starts_at")),
  ]);
  const change = (row: { created_at: string }) =>
    Date.parse(row.created_at) >= Date.parse(since) ? "created" : "updated";
  return [
    ...projects.map((row): Change => ({
      table: "projects",
      change: change(row),
      name: row.name,
      detail: `${row.status}; ${row.executive_summary ?? ""}`,
    })),
    ...tasks.map((row): Change => ({
      table: "tasks",
      change: change(row),
      name: row.title,
      detail: [
        row.status,
        row.start_date === null ? undefined : `starts ${shortTime(row.start_date, time_zone)}`,
      ]
        .filter((part) => part !== undefined).join(", "),
    })),
    ...notes.map((row): Change => ({
      table: "notes",
      change: change(row),
      name: row.title,
      detail: row.content,
    })),
    ...brain_dumps.map((row): Change => ({
      table: "brain_dumps",
      change: change(row),
      name: row.title,
      detail: row.content,
    })),
    ...calendar_events.map((row): Change => ({
      table: "calendar_events",
      change: change(row),
      name: row.title,
      detail: `${shortTime(row.starts_at, time_zone)}${row.status === "cancelled" ? ", cancelled" : ""}`,
    })),
  ];
}

interface Answer<Row> {
  data: Row[] | null;
  error: { message: string } | null;
}

async function rows<Row>(query: PromiseLike<Answer<Row>>): Promise<Row[]> {
  const { data, error } = await query;
  if (error !== null) throw new Error(`Cannot read the run's rows: ${error.message}`);
  return data ?? [];
}

function shortTime(iso: string, time_zone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    weekday: "short",
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
    timeZone: time_zone,
  }).format(new Date(iso));
}
