// Tools with what policy says of them, and calls of theirs, as tests make them.
import type { Sql } from "postgres";
import { z } from "zod";
import type { Json } from "../../shared/contracts/text.ts";
import type { ToolAccess } from "../../shared/contracts/tool_result.ts";
import type { User } from "./agents_calls.ts";
import { lease, type Owned } from "./agents_runs.ts";

export type Policy = "allow" | "ask" | "deny";

export interface Floor {
  policy: Policy;
  when_args?: string;
  fresh?: boolean;
  expires_in?: string;
  why?: string;
}

export interface NewTool {
  /** None: nobody has heard of the tool. */
  policy?: Policy;
  access?: ToolAccess;
  floors?: readonly Floor[];
  /** What it may change in books, beyond nothing. */
  footprints?: readonly { target?: string; target_column?: string; forceful?: string }[];
}

/** A tool of a name that no other test has. */
export async function newTool(sql: Sql, tool: NewTool = { policy: "allow" }): Promise<string> {
  const tool_name = `tool_${crypto.randomUUID()}`;
  const { policy, access = "write", floors = [], footprints = [] } = tool;
  if (policy) await sql`insert into tool_defaults ${sql({ tool_name, access, policy })}`;
  for (const [index, { why = "The operator says so.", ...floor }] of floors.entries()) {
    await sql`insert into tool_floors ${sql({ tool_name, number: index, why, ...floor })}`;
  }
  for (const [number, footprint] of footprints.entries()) {
    const row = { tool_name, table_name: "public.books", op: "UPDATE", number, ...footprint };
    await sql`insert into tool_footprints ${sql(row)}`;
  }
  return tool_name;
}

export interface NewRule {
  tool_name: string;
  policy: Policy;
  when_args?: string | null;
  session_id?: string;
  expires_at?: string;
}

/** As its user would over REST. */
export async function addRule(sql: Sql, user: User, rule: NewRule): Promise<void> {
  await sql`insert into tool_rules ${sql({ user_id: user.id, ...rule })}`;
}

const Verdict = z.object({
  status: z.string(),
  why: z.array(z.object({ by: z.string(), text: z.string() })).nullable(),
  expires_at: z.string().nullable(),
  remember: z.string().nullable(),
  result: z.object({ ok: z.literal(false), error: z.string(), message: z.string() }).nullable(),
});
const Verdicts = z.object({ verdicts: z.record(z.string(), z.unknown()) });
export type Told = z.infer<typeof Verdict> & { id: string };

/** Proposes a call of the run's: the verdict as its owner is told it. */
export async function propose(
  user: User,
  owned: Owned,
  tool_name: string,
  args: Json = {},
  access: ToolAccess = "write",
): Promise<Told> {
  const row = callRow(owned, tool_name, args, access);
  const told = await user.call("record_progress", [...lease(owned), { tool_calls: [row] }]);
  return { id: row.id, ...Verdict.parse(Verdicts.parse(told).verdicts[row.id]) };
}

export function callRow(owned: Owned, tool_name: string, args: Json, access: ToolAccess, more: object = {}) {
  return {
    ...{ id: crypto.randomUUID(), agent_id: owned.agent_id, agent_session_id: owned.thread_id },
    ...{ tool_call_id: "a", tool_name, access, arguments: args, status: "proposed", result: null, ...more },
  };
}
