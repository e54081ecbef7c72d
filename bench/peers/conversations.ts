// How a system is asked: the requests of a conversation, and the answer's text in what comes back.
import postgres from "postgres";

export interface Conversation {
  request(message: string): { headers: Record<string, string>; body: unknown };
  textOf(type: string | undefined, data: string): string | undefined;
}

export interface Conversations {
  url: string;
  /** A new one. */
  begin(): Conversation;
}

/** The projects of the workspace, in every system. */
export const PROJECTS = [
  ...["billing", "mobile", "search", "onboarding", "website", "support"],
  ...["hiring", "audit", "garden", "travel", "backup", "billing archive"],
];
export const TASKS_EACH = 20;

/** Those of the peers, which take a thread's id and are told nothing of users. */
export function plainConversations(
  url: string,
  _database_url: string,
  textOf: (data: string) => string | undefined,
): Promise<Conversations> {
  return Promise.resolve({
    url: `${url}/chat`,
    begin() {
      const thread_id = crypto.randomUUID();
      return {
        request: (message) => ({ headers: {}, body: { thread_id, message } }),
        textOf: (_type, data) => textOf(data),
      };
    },
  });
}

/** Fills a peer's database with the workspace, before the peer is started. */
export async function fillPlainWorkspace(database_url: string): Promise<void> {
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(`
      create table projects (
        id uuid primary key, name text not null, description text not null, status text not null
      );
      create table tasks (
        id uuid primary key, project_id uuid not null references projects,
        title text not null, status text not null, due date not null
      );
      create index on tasks (project_id);
      create index on tasks (status, due);`);
    await sql`
      insert into projects (id, name, description, status)
      select gen_random_uuid(), name, 'All that has to do with ' || name || ': who does it, and until when.', 'active'
      from unnest(${PROJECTS}::text[]) name`;
    await sql`
      insert into tasks (id, project_id, title, status, due)
      select gen_random_uuid(), p.id, 'Task ' || i || ' of ' || p.name,
        case when i % 3 = 0 then 'done' else 'open' end, date '2026-01-01' + 3 * i
      from projects p, generate_series(1, ${TASKS_EACH}) i`;
    await sql`analyze`;
  } finally {
    await sql.end();
  }
}
