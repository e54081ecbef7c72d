// A run's log made long, as days of work would make it: its first text goes on and on.
import { database, type TestUser } from "../stack/stack.ts";

/** Puts so many text events, `word 1 ` and so on, behind the first one of the user's only run. */
export async function lengthenLog({ id }: TestUser, count: number): Promise<void> {
  const sql = database();
  try {
    await sql.begin(async (sql) => {
      // The log's own triggers let nobody write between.
      await sql`set local session_replication_role = replica`;
      const [first] = await sql<{ seq: number }[]>`
        select min(seq) as seq from agent_run_events where user_id = ${id} and type = 'text'`;
      const at = first?.seq ?? 0;
      await sql`update agent_run_events set seq = seq + ${count} where user_id = ${id} and seq > ${at}`;
      await sql`insert into agent_run_events (user_id, run_id, seq, type, at, agent, data)
        select e.user_id, e.run_id, e.seq + n, e.type, e.at, e.agent,
            jsonb_set(e.data, '{delta}', to_jsonb(' word ' || n || ' '))
          from agent_run_events e cross join generate_series(1, ${count}) n
          where e.user_id = ${id} and e.seq = ${at}`;
    });
  } finally {
    await sql.end();
  }
}
