// A recorded run as rows of a user's, so that the console reads it as it reads any other. Written past the triggers,
// which let nobody write a run that has ended.
import type postgres from "postgres";
import type { ReadEvent } from "../../../client/mod.ts";
import { database, type TestUser } from "../stack/stack.ts";

export interface RecordedRun {
  session_id: string;
  run_id: string;
}

export interface Recording {
  /** What its user asked. */
  title: string;
  events: readonly ReadEvent[];
  /** The assistant's message; none while it works. */
  answer: string | null;
}

/** Stores a conversation with the run in it; one whose last event ends nothing is under way, and its owner alive. */
export async function storeRecordedRun(user: TestUser, recording: Recording): Promise<RecordedRun> {
  const [session_id, run_id] = [crypto.randomUUID(), crypto.randomUUID()];
  const sql = database();
  try {
    await sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      await insertRun(sql, user.id, { session_id, run_id }, recording);
      await insertEvents(sql, user.id, run_id, recording.events);
    });
  } finally {
    await sql.end();
  }
  return { session_id, run_id };
}

/** Adds what comes later; with the terminal event the run ends, and leaves its answer. */
export async function addRecordedEvents(
  user: TestUser,
  { run_id, session_id }: RecordedRun,
  { events, answer }: Recording,
): Promise<void> {
  const sql = database();
  try {
    await sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      await insertEvents(sql, user.id, run_id, events);
      const status = statusOf(events);
      const finished_at = status === "running" || status === "awaiting_approval" ? null : new Date();
      await sql`update public.agent_runs set status = ${status}, finished_at = ${finished_at}
        where user_id = ${user.id} and id = ${run_id}`;
      if (answer !== null) await insertMessage(sql, user.id, { run_id, session_id }, "assistant", answer);
    });
  } finally {
    await sql.end();
  }
}

type Sql = postgres.TransactionSql;

async function insertRun(sql: Sql, user_id: string, run: RecordedRun, { title, events, answer }: Recording) {
  const { session_id, run_id: id } = run;
  const status = statusOf(events);
  const at = events[0]?.at ?? new Date().toISOString();
  const finished_at = status === "running" || status === "awaiting_approval" ? null : events.at(-1)?.at ?? at;
  await sql`insert into public.chat_sessions ${sql({ id: session_id, user_id, title })}`;
  await sql`insert into public.agent_runs ${
    sql({
      ...{
        id,
        user_id,
        session_id,
        request: sql.json({ message: title }),
        status,
        created_at: at,
        finished_at,
      },
      ...{ lease_expires_at: "2099-01-01", lease_seconds: 3600 },
    })
  }`;
  await insertMessage(sql, user_id, run, "user", title);
  if (answer !== null) await insertMessage(sql, user_id, run, "assistant", answer);
}

async function insertMessage(
  sql: Sql,
  user_id: string,
  { run_id, session_id }: RecordedRun,
  role: "user" | "assistant",
  content: string,
) {
  const seq = role === "user" ? 1 : 2;
  await sql`insert into public.chat_messages ${sql({ user_id, session_id, run_id, role, content, seq })}`;
}

async function insertEvents(sql: Sql, user_id: string, run_id: string, events: readonly ReadEvent[]) {
  for (const { seq, type, at, agent = null, tainted = null, run_id: _, ...data } of events) {
    const row = { user_id, run_id, seq, type, at, tainted };
    // Texts may hold what JSON has and the driver's own encoding would write twice.
    await sql`insert into public.agent_run_events (user_id, run_id, seq, type, at, tainted, agent, data)
      values (${row.user_id}, ${row.run_id}, ${row.seq}, ${row.type}, ${row.at}, ${row.tainted},
        ${agent === null ? null : JSON.stringify(agent)}::text::jsonb, ${JSON.stringify(data)}::text::jsonb)`;
  }
}

function statusOf(events: readonly ReadEvent[]): string {
  const last = events.at(-1);
  if (last?.type === "done") return last.status;
  if (last?.type === "error") return "failed";
  return last?.type === "run_paused" ? "awaiting_approval" : "running";
}
