// A call of a tool as the planner makes it: of a run of the user's, and a row before it is made.
import { type Proposal, propose as proposeAt } from "../../../dev/check_tools/acting.ts";
import type { OwnedRun } from "../../../shared/agents/store/records.ts";
import { database } from "../stack/stack.ts";
import { ownPlace } from "./own_place.ts";

/** Stores a call of a user's, which the database approves; where it asks, the owner of its tables does. */
export function propose(user: { id: string; token: string }, call: Proposal): Promise<OwnedRun> {
  return proposeAt(ownPlace(), user, call);
}

/** A call that may be made, of a tool `tend` that may do anything to books and loans, nine times. */
export async function proposeFreely(user: { id: string; token: string }): Promise<string> {
  const sql = database();
  try {
    await sql`insert into tool_footprints (tool_name, table_name, op, max_rows)
      select 'tend', name::regclass, op, 9
      from unnest('{public.books,public.loans}'::text[]) name, unnest('{INSERT,UPDATE}'::text[]) op
      on conflict do nothing`;
    await sql`insert into tool_defaults (tool_name, policy) values ('tend', 'allow') on conflict do nothing`;
  } finally {
    await sql.end();
  }
  const id = crypto.randomUUID();
  await propose(user, { id, name: "tend", arguments: {} });
  return id;
}

/** Stores a call of a user's that waits for a decision. */
export async function proposeOpen(user: { id: string; token: string }, call: Proposal): Promise<OwnedRun> {
  const run = await propose(user, call);
  await setStatus(call.id, "awaiting_approval");
  return run;
}

/** Moves a call by hand, as no role of the API can. */
export async function setStatus(call_id: string, status: string): Promise<void> {
  const sql = database();
  try {
    await sql.begin(async (free) => {
      await free`set local session_replication_role = replica`;
      await free`update agent_tool_calls set status = ${status}, expires_at = now() + interval '1 day'
        where id = ${call_id}`;
    });
  } finally {
    await sql.end();
  }
}
