// What a user can do to a run of their own that is under way, as SECURITY.md says it: each row of its table is tried over
// REST, and reaches nothing beyond that run.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { ids } from "../../shared/db/ids.ts";
import { codes, tableUnder } from "../support/docs/pages.ts";
import { restCall } from "../support/stack/rest.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { actingAs } from "./agents_calls.ts";
import { everything } from "./agents_rows.ts";
import { ending, event } from "./agents_runs.ts";
import { addWorld, type Row, TABLES, type World } from "./agents_world.ts";

const ROWS = tableUnder("SECURITY.md", "A run that is under way");

const REQUEST = /^(POST|PATCH|DELETE) (?:(rpc\/)?(\w+))(?: (\{.*\}))?$/;

/** A run with a row in every table, and a call that was reserved. */
type UnderWay = World & { reservation: string };

/** What a whole row needs beside what the page names. */
const FURTHER: Record<string, (world: UnderWay) => Row> = {
  usage_reservations: ({ agent_runs }) => ({
    ...{
      id: crypto.randomUUID(),
      run_id: agent_runs,
      seal: "a".repeat(64),
      input_tokens: 1,
      output_tokens: 1,
    },
  }),
  usage_settlements: ({ reservation }) => ({
    ...{ reservation_id: reservation, model_calls: 0, tool_calls: 0, input_tokens: 0, output_tokens: 0 },
    ...{ cost_usd: 0 },
  }),
  tool_receipts: ({ agent_tool_calls }) => ({
    ...{ call_id: agent_tool_calls, attempt: crypto.randomUUID(), row_key: { id: "1" } },
  }),
  tool_effects: ({ agent_tool_calls }) => ({ call_id: agent_tool_calls, op: "insert", row_key: { id: "1" } }),
};

const FUNCTIONS: Record<string, (world: World) => Row> = {
  cancel_run: ({ agent_runs }) => ({ p_run_id: agent_runs }),
  fail_run: ({ agent_runs }) => ({
    ...{ p_run_id: agent_runs, p_generation: 1 },
    p_error: { kind: "internal", message: "No.", retryable: true },
  }),
  finish_run: ({ agent_runs }) => ({
    ...{ p_run_id: agent_runs, p_generation: 1, p_outcome: ending("completed") },
    p_batch: { events: [event(2, "done")] },
  }),
};

async function runUnderWay(user: TestUser, sql: Sql): Promise<UnderWay> {
  const world = await addWorld(sql, user.id);
  const { id: reservation, seal } = await ids.sealed();
  await sql`insert into usage_reservations (id, user_id, run_id, seal, input_tokens, output_tokens)
    values (${reservation}, ${user.id}, ${world.agent_runs}, ${seal}, 100, 100)`;
  return { ...world, reservation };
}

async function send(user: TestUser, world: UnderWay, request: string): Promise<number> {
  const [, method, rpc, name = "", given = "{}"] = REQUEST.exec(request) ?? [];
  assert.ok(method === "POST" || method === "PATCH" || method === "DELETE", `not a request: ${request}`);
  if (rpc) return (await restCall(user, method, `rpc/${name}`, FUNCTIONS[name]?.(world))).status;
  const fields: Row = JSON.parse(given);
  if (method === "POST") {
    const whole = FURTHER[name]?.(world) ?? TABLES.find((table) => table.name === name)?.row(world);
    assert.ok(whole, `not a table that is known: ${name}`);
    return (await restCall(user, method, name, { ...whole, ...fields })).status;
  }
  const own = name.startsWith("tool_") ? `user_id=eq.${user.id}` : `run_id=eq.${world.agent_runs}`;
  const of = name === "agent_runs" ? `id=eq.${world.agent_runs}` : own;
  return (await restCall(user, method, `${name}?${of}`, method === "PATCH" ? fields : undefined)).status;
}

Deno.test("each request to a run under way is answered as SECURITY.md says, and reaches nothing else", async (t) => {
  const sql = database();
  try {
    const other = await newUser();
    await addWorld(sql, other.id);
    const theirs = await everything(sql, other.id);
    for (const [cell, answer] of ROWS) {
      const [request = ""] = codes(cell);
      await t.step(request, async () => {
        const user = await newUser();
        const ended = await runUnderWay(user, sql);
        await actingAs(sql, user.id).call("finish_run", [
          ...[ended.agent_runs, 1, ending("completed"), { events: [event(2, "done")] }],
        ]);
        const past = await rowsNaming(sql, user, ended.agent_runs);
        const world = await runUnderWay(user, sql);
        const ledger = await sql`select * from usage_ledger where user_id = ${user.id} order by id`;

        assert.equal(await send(user, world, request), Number(answer));

        assert.deepEqual(await everything(sql, other.id), theirs, "rows of another");
        assert.deepEqual(await rowsNaming(sql, user, ended.agent_runs), past, "rows of a run that has ended");
        const kept = await sql`select * from usage_ledger
          where user_id = ${user.id} and id = any (${ledger.map(({ id }) => id)}) order by id`;
        assert.deepEqual([...kept], [...ledger], "what was reserved");
      });
    }
  } finally {
    await sql.end();
  }
});

Deno.test("the table names every table that holds rows of a run, with what adds to it", () => {
  const added = new Set(ROWS.flatMap(([cell]) => codes(cell)).map((code) => /^POST (\w+)/.exec(code)?.[1]));
  const ours = [...TABLES.map(({ name }) => name), ...Object.keys(FURTHER)];
  const missing = ours.filter((name) => !added.has(name));
  assert.deepEqual(missing, ["chat_sessions", "chat_session_summaries"], "those of conversations aside");
});

/** The user's rows that name the run. */
async function rowsNaming(sql: Sql, user: TestUser, run_id: string): Promise<string[]> {
  const rows = Object.values(await everything(sql, user.id)).flat();
  return rows.map((row) => JSON.stringify(row)).filter((row) => row.includes(run_id)).sort();
}
