// How the project is asked: as a signed-in user, of whom there are several, each with a workspace of their own.
import postgres from "postgres";
import { z } from "zod";
import { LOCAL_PUBLISHABLE_KEY } from "../../dev/local_key.ts";
import { type Conversation, type Conversations, PROJECTS, TASKS_EACH } from "./conversations.ts";

/** What a user has spent today is looked at in each turn, so one who takes all turns would not be like others. */
const USERS = 20;
/** Tasks of a project that are not in the bin: as many as the peers' tool shows of one. */
const SHOWN = 10;

const SignedUp = z.object({ access_token: z.string(), user: z.object({ id: z.uuid() }) });
const Started = z.object({ session_id: z.string() });
const Delta = z.object({ delta: z.string() });

export async function ourConversations(url: string, database_url: string): Promise<Conversations> {
  const users: { id: string; headers: Record<string, string> }[] = [];
  while (users.length < USERS) users.push(await signUp(url));
  await fillWorkspaces(database_url, users.map(({ id }) => id));
  let begun = 0;
  return {
    url: `${url}/functions/v1/agent-planner`,
    begin: () => conversation(users[begun++ % USERS]?.headers ?? {}),
  };
}

function conversation(headers: Record<string, string>): Conversation {
  let session_id: string | undefined;
  return {
    request: (message) => ({ headers, body: { message, ...(session_id && { session_id }) } }),
    textOf(type, data) {
      if (type === "session") session_id = Started.parse(JSON.parse(data)).session_id;
      if (type === "error") throw new Error(`the run failed: ${data}`);
      return type === "text" ? Delta.parse(JSON.parse(data)).delta : undefined;
    },
  };
}

async function signUp(url: string) {
  const apikey = LOCAL_PUBLISHABLE_KEY;
  const answer = await fetch(`${url}/auth/v1/signup`, {
    method: "POST",
    headers: { apikey, "content-type": "application/json" },
    body: JSON.stringify({ email: `${crypto.randomUUID()}@example.com`, password: crypto.randomUUID() }),
  });
  const { access_token, user } = SignedUp.parse(await answer.json());
  return { id: user.id, headers: { apikey, authorization: `Bearer ${access_token}` } };
}

/** The peers' workspace in the project's tables. */
async function fillWorkspaces(database_url: string, user_ids: string[]): Promise<void> {
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  try {
    await sql`
      insert into public.projects (user_id, name, slug, description, status)
      select user_id, name, replace(name, ' ', '-'),
        'All that has to do with ' || name || ': who does it, and until when.', 'active'
      from unnest(${user_ids}::uuid[]) user_id, unnest(${PROJECTS}::text[]) name`;
    await sql`
      insert into public.tasks (user_id, project_id, title, status, start_date, deleted_at)
      select p.user_id, p.id, 'Task ' || i || ' of ' || p.name,
        case when i % 3 = 0 then 'done' else 'backlog' end::public.task_status,
        date '2026-01-01' + 3 * i, case when i > ${SHOWN} then now() end
      from public.projects p, generate_series(1, ${TASKS_EACH}) i`;
    // Not of all tables: to be told that the engine's are empty would mislead the planner for as long as they grow.
    await sql`analyze public.projects, public.tasks`;
  } finally {
    await sql.end();
  }
}
