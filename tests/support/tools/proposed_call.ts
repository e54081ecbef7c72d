// A call of a tool as the planner makes it: of a run of the user's, and a row before it is made.
import type { OwnedRun } from "../../../shared/agents/store/records.ts";
import { emptyBatch } from "../../../shared/agents/store/rows.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import type { ToolAccess } from "../../../shared/contracts/tool_result.ts";
import { createEngineClient } from "../../../shared/db/clients.ts";
import { ids } from "../../../shared/db/ids.ts";
import { createStore } from "../../../shared/db/store.ts";
import { LIMITS } from "../agents/default_calls.ts";
import { database, testStack } from "../stack/stack.ts";

interface Proposal {
  /** The id of the call; one that is proposed already stays as it is. */
  id: string;
  name: string;
  arguments: Json;
  access?: ToolAccess;
}

/** One for each user, so that all of a user's calls are calls of one run, whose lease outlasts every test. */
const runs = new Map<string, Promise<OwnedRun>>();

/** Stores a call of a user's, which the database approves; where it asks, the owner of its tables does. */
export async function propose(user: { id: string; token: string }, call: Proposal): Promise<OwnedRun> {
  const run = await ownRun(user);
  const { id, name: tool_name, arguments: args, access = "write" } = call;
  const row = {
    ...{ id, agent_id: run.agent_id, agent_session_id: run.thread_id, tool_call_id: "a", tool_name, access },
    ...{ arguments: args, status: "proposed" as const, result: null, created_at: "2026-11-22T12:00:00Z" },
  };
  const { verdicts } = await storeOf(user).recordProgress(run, { ...emptyBatch(), tool_calls: [row] });
  if (verdicts[id]?.status === "awaiting_approval") await approve(id);
  return run;
}

async function approve(call_id: string): Promise<void> {
  const sql = database();
  try {
    await sql`update agent_tool_calls set status = 'approved'
      where id = ${call_id} and status = 'awaiting_approval'`;
  } finally {
    await sql.end();
  }
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

function ownRun(user: { id: string; token: string }): Promise<OwnedRun> {
  const run = runs.get(user.id) ?? startRun(user);
  runs.set(user.id, run);
  return run;
}

async function startRun(user: { token: string }): Promise<OwnedRun> {
  const { id, seal } = await ids.sealed();
  const started = await storeOf(user).startRun({
    request: { message: "Use your tools.", time_zone: "UTC", request_key: crypto.randomUUID() },
    agent: {
      model_preference: { profile: "balanced", models: ["m"] },
      available_tools: [],
      system_prompt: "Plan.",
    },
    reservation: {
      id,
      seal,
      input_tokens: 1,
      output_tokens: 1,
      cost_usd: null,
      tool_calls: 0,
      beyond_budget: "never",
      agent_session_id: null,
      attempt: 1,
    },
    lease_seconds: 3_600,
  });
  if (started.existing) throw new Error("Cannot start a run: there is such a run");
  return started;
}

function storeOf({ token }: { token: string }) {
  return createStore(createEngineClient(testStack(), token, fetch), LIMITS);
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
