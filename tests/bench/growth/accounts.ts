// Accounts to take turns in: one without a row, one after some talk, and one after years.
import postgres from "postgres";
import type { Stack } from "../../../dev/stack.ts";
import { longDay } from "../../db/ledgers.ts";
import { pastRuns } from "../../db/past_runs.ts";
import { newPerson, type Person } from "../../support/stack/person.ts";

export const OLD: Rows = {
  ...{ runs: 1_500, turns: 300, events_each: 34, day: { runs: 500, calls: 10_000 } },
  ...{ tasks: 20_000, notes: 5_000, projects: 20 },
};
/** Of as much talk as a prompt holds, and as many rows as a list shows. */
export const YOUNG: Rows = {
  ...{ runs: 20, turns: 20, events_each: 34, day: { runs: 1, calls: 10 } },
  ...{ tasks: 200, notes: 20, projects: 20 },
};

/** The newest of its tasks; the others are done. */
const OPEN = 200;
/** Turns that a summary leaves as they are. */
const KEPT = 4;
const SAID = {
  user: "Please look after what I have to do for the launch, and say what comes first. ".repeat(2).trim(),
  assistant: "The draft comes first, since the others wait for it; then the review, which takes a day. "
    .repeat(2)
    .trim(),
};

interface Rows {
  /** That ended more than a day ago. */
  runs: number;
  turns: number;
  events_each: number;
  /** What was spent within the last. */
  day: { runs: number; calls: number };
  tasks: number;
  notes: number;
  projects: number;
}

export interface Account {
  person: Person;
  /** The session that goes on; none where each turn begins one. */
  session_id: string | undefined;
}

/** A person with these rows. */
export async function accountWith(stack: Stack, rows: Rows): Promise<Account> {
  const person = await newPerson(stack);
  // What was not yet written to disk would not count as seen by all.
  const connection = { synchronous_commit: "on" };
  const sql = postgres(stack.database_url, { max: 1, onnotice: () => {}, connection });
  try {
    const session_id = await pastRuns(sql, person, { ...rows, said: SAID });
    await sql`insert into chat_session_summaries (user_id, session_id, number, content, upto_seq, model_used,
        input_tokens, output_tokens)
      values (${person.id}, ${session_id}, 1, ${
      "The launch is on Friday, and the draft is Anna's. ".repeat(40)
    },
        ${2 * (rows.turns - KEPT)}, 'demo', 1000, 500)`;
    await longDay(sql, person, rows.day);
    await addWorkspace(sql, person.id, rows);
    await sql`vacuum (analyze)`;
    return { person, session_id };
  } finally {
    await sql.end();
  }
}

async function addWorkspace(sql: postgres.Sql, user_id: string, { tasks, notes, projects }: Rows) {
  await sql`insert into projects (user_id, name, slug)
    select ${user_id}, 'Project ' || n, 'project-' || n from generate_series(1, ${projects}::int) n`;
  await sql`insert into tasks (user_id, project_id, title, details, status, created_at)
    select p.user_id, p.id, 'Task ' || lpad(n::text, 5, '0'), 'number ' || n,
      case when n > ${tasks - OPEN}::int then 'backlog' else 'done' end::task_status,
      now() - (${tasks}::int - n) * interval '1 hour'
    from generate_series(1, ${tasks}::int) n
    join projects p on p.user_id = ${user_id} and p.slug = 'project-' || 1 + n % ${projects}::int`;
  await sql`insert into notes (user_id, title, content)
    select ${user_id}, 'Note ' || n, 'number ' || n from generate_series(1, ${notes}::int) n`;
}
