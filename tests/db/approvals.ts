// Calls that wait for a person, runs that wait for them, and decisions, as tests of the SQL functions make them.
import type { Sql } from "postgres";
import { type Argument, asUser, type User } from "./agents_calls.ts";
import { inThePast } from "./agents_rows.ts";
import { event, lease, type Owned } from "./agents_runs.ts";

/** A call that a person is asked about. */
export interface Asked {
  id: string;
  arguments_sha256: string;
}

/** The proposal of a write that asks, as a run's owner stores it. */
export function proposal(owned: Owned, more: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    ...{ id: crypto.randomUUID(), agent_id: owned.agent_id, agent_session_id: owned.thread_id },
    ...{ tool_call_id: "call_1", tool_name: "cancel_loan", access: "write", status: "proposed" },
    ...{ arguments: { loan_id: "1" }, ...more },
  };
}

/** Proposes a write that asks; it waits until somebody decides. */
export async function ask(
  user: User,
  sql: Sql,
  owned: Owned,
  more: Record<string, unknown> = {},
): Promise<Asked> {
  const row = proposal(owned, more);
  await user.call("record_progress", [...lease(owned), { tool_calls: [row] }]);
  return await asked(sql, String(row.id));
}

/** The call, of which a dry run could not tell anything. */
export async function asked(sql: Sql, id: string): Promise<Asked> {
  await sql`update agent_tool_calls set problem = 'Not to be tried.'
    where id = ${id} and status = 'awaiting_approval' and effects is null and problem is null`;
  const [row] = await sql<Asked[]>`select id, arguments_sha256 from agent_tool_calls
    where id = ${id} and status = 'awaiting_approval'`;
  if (!row) throw new Error("The call does not wait for a person");
  return row;
}

/** The run waits for a person; its log has `seq` events before that. */
export async function park(user: User, owned: Owned, batch: object = {}): Promise<unknown> {
  return await user.call("park_run", [...lease(owned), batch, null]);
}

/** A decision: an approval unless told otherwise. */
export function decision(call: Asked, more: Record<string, unknown> = {}): Record<string, unknown> {
  return { tool_call_id: call.id, approved: true, arguments_sha256: call.arguments_sha256, ...more };
}

/** The arguments of decide_tool_calls. */
export function deciding(run_id: string, ...decisions: object[]): Argument[] {
  return [run_id, decisions];
}

/** The time to decide on these calls is over. */
export async function expire(sql: Sql, ...calls: Asked[]): Promise<void> {
  await inThePast(
    sql,
    (past) =>
      past`update agent_tool_calls set expires_at = clock_timestamp() - interval '1 second'
        where id in ${past(calls.map(({ id }) => id))}`,
  );
}

/** A call as it stands. */
export async function callRow(sql: Sql, { id }: Asked): Promise<Record<string, unknown>> {
  const [row] = await sql`select status, error, result, arguments, proposed_arguments, effects, duration_ms
    from agent_tool_calls where id = ${id}`;
  return { ...row };
}

/** What a dry run has found after all, stored as the run's owner does. */
export async function preview(sql: Sql, user: User, { id }: Asked, effects: object): Promise<void> {
  await inThePast(sql, (past) => past`update agent_tool_calls set problem = null where id = ${id}`);
  await asUser(sql, user.id, async (own) => {
    await own`update public.agent_tool_calls set effects = ${own.json({ effects } as never)} -> 'effects'
      where id = ${id}`;
    return true;
  });
}

/** An event that tells of open calls, as a run's owner adds it. */
export const announced = (seq: number, ...calls: Asked[]) =>
  event(seq, "approval_required", { approvals: calls.map(({ id }) => ({ tool_call_id: id })) });
