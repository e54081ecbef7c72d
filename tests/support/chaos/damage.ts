// What faults did to a run, as its rows and its client show it. Anything at all is one thing too many.
import type { Sql } from "postgres";
import { z } from "zod";
import { isTerminal } from "../../../shared/contracts/events.ts";
import type { FaultyRun } from "./faulty_run.ts";
import type { Shape } from "./shapes.ts";

/** `stuck`: no end. `lost`: something accepted is gone. `duplicated`: something happened twice. */
export interface Damage {
  kind: "stuck" | "lost" | "duplicated";
  what: string;
}

const Rows = z.array(z.object({ of: z.string(), count: z.coerce.number() }));

/** Compares what there is of each thing with how often it may be there. */
export async function damageOf(sql: Sql, user_id: string, shape: Shape, run: FaultyRun): Promise<Damage[]> {
  const damage: Damage[] = [];
  const atMost = (what: string, found: number, most: number) => {
    if (found > most) damage.push({ kind: "duplicated", what: `${what}: ${found} times` });
  };
  const atLeast = (what: string, found: number, least: number) => {
    if (found < least) damage.push({ kind: "lost", what: `${what}: ${found} of ${least}` });
  };

  const status = await statusOf(sql, user_id);
  const ended = run.events.at(-1);
  if (run.stuck !== null) {
    damage.push({ kind: "stuck", what: `${run.stuck}; ${await standOf(sql, user_id, run)}` });
  } else if (ended === undefined || !isTerminal(ended)) {
    damage.push({ kind: "stuck", what: "the stream ended" });
  }
  for (const one of status) {
    if (one === "running" || one === "awaiting_approval") {
      damage.push({ kind: "stuck", what: `the run is ${one}` });
    }
  }
  atLeast("the run", status.length, run.run_id === null ? 0 : 1);
  atMost("the run", status.length, 1);

  const messages = await countsOf(sql`
    select role as of, count(*) from chat_messages where user_id = ${user_id} group by role`);
  atLeast("the user's message", messages("user"), status.length);
  atMost("the user's message", messages("user"), 1);
  atLeast("the answer", messages("assistant"), status[0] === "completed" ? 1 : 0);
  atMost("the answer", messages("assistant"), 1);

  for (const { table, column, value } of shape.writes) {
    const succeeded = await countsOf(sql`
      select arguments ->> ${column} as of, count(*) from agent_tool_calls
      where user_id = ${user_id} and status = 'succeeded' and arguments ->> ${column} is not null group by 1`);
    const written = await countsOf(sql`
      select ${sql(column)} as of, count(*) from ${sql(table)} where user_id = ${user_id} group by 1`);
    atLeast(`the row "${value}"`, written(value), Math.min(1, succeeded(value)));
    atMost(`the row "${value}"`, written(value), 1);
    atMost(`the call that writes "${value}"`, succeeded(value), 1);
  }

  for (const { table, column, value } of shape.asks?.declined ?? []) {
    const written = await countsOf(sql`
      select ${sql(column)} as of, count(*) from ${sql(table)} where user_id = ${user_id} group by 1`);
    atMost(`the declined row "${value}"`, written(value), 0);
  }

  const stored = await countsOf(sql`
    select 'events' as of, count(*) from agent_run_events where run_id = ${run.run_id}`);
  const seen = new Set(run.events.map(({ seq }) => seq));
  if (run.stuck === null) atLeast("events in the client's stream", seen.size, stored("events"));
  atLeast("events in the log", stored("events"), seen.size);
  atMost("an event in the client's stream", 1 + run.events.length - seen.size, 1);
  return damage;
}

/** The states of the user's runs. */
async function statusOf(sql: Sql, user_id: string): Promise<string[]> {
  const rows = await sql`select status from agent_runs where user_id = ${user_id}`;
  return z.array(z.object({ status: z.string() })).parse([...rows]).map(({ status }) => status);
}

/** Where a run stands that does not end. */
async function standOf(sql: Sql, user_id: string, { events }: FaultyRun): Promise<string> {
  const [row] = await sql`
    select 'owner ' || r.lease_generation || ', ' || r.takeovers || ' lost, its lease ends in '
      || extract(epoch from r.lease_expires_at - clock_timestamp()) || ' s; the log has ' || count(e) || ' events, the last '
      || extract(epoch from clock_timestamp() - max(e.at)) || ' s ago' as stand
    from agent_runs r left join agent_run_events e on e.run_id = r.id where r.user_id = ${user_id} group by r.user_id, r.id`;
  const last = events.at(-1);
  const { stand } = z.object({ stand: z.string() }).parse(row ?? { stand: "there is no run" });
  return `${stand}; the client has ${events.length} events, the last ${last?.type ?? "none"}`;
}

async function countsOf(query: PromiseLike<Iterable<unknown>>): Promise<(name: string) => number> {
  const counts = new Map(Rows.parse([...await query]).map(({ of, count }) => [of, count]));
  return (name) => counts.get(name) ?? 0;
}
