// The store in Postgres, through the API and under the user's own rights. The store in memory, which tests play runs
// on, keeps the same promises: tests/support/memory_store_test.ts.
import { systemClock } from "../../shared/async/system_clock.ts";
import { createPersonClient } from "../../shared/db/clients.ts";
import { createDecisions } from "../../shared/db/decisions.ts";
import { cancelRun } from "../../shared/db/runs.ts";
import { parseEvent } from "../../shared/db/parsed_rows.ts";
import { createStore } from "../../shared/db/store.ts";
import { LIMITS } from "../support/agents/default_calls.ts";
import { database, newUser, testStack } from "../support/stack/stack.ts";
import { STORE_CASES } from "../support/memory_store/store_contract.ts";
import { inThePast } from "./agents_rows.ts";
import { test } from "../support/test.ts";

for (const { name, run } of STORE_CASES) {
  test(`in Postgres: ${name}`, async () => {
    const { client, token } = await newUser();
    await using stack = new AsyncDisposableStack();
    const sql = stack.adopt(database(), (sql) => sql.end());
    await run({
      store: createStore(client, LIMITS),
      async lapse(run_id) {
        await sql`update agent_runs set lease_expires_at = now() - interval '1 second' where id = ${run_id}`;
        await sql`update agent_executions set lease_expires_at = now() - interval '1 second'
          where run_id = ${run_id} and status = 'running' and not released`;
      },
      decide: (run_id, decisions) =>
        createDecisions(createPersonClient(testStack(), token, fetch), {
          clock: systemClock,
          lease_seconds: 15,
        })
          .decide(run_id, decisions),
      expire: (run_id) =>
        inThePast(sql, (past) =>
          past`update agent_tool_calls set expires_at = now() - interval '1 second'
            where run_id = ${run_id} and status = 'awaiting_approval'`),
      cancel: async (run_id) => void await cancelRun(client, run_id),
      async log(run_id) {
        const rows =
          await sql`select to_jsonb(e) as row from agent_run_events e where run_id = ${run_id} order by seq`;
        return rows.map(({ row }) => parseEvent(row));
      },
      told: async (run_id) =>
        await sql<{ id: string; content: string }[]>`
          select id, content from chat_messages where run_id = ${run_id} and role = 'assistant'`,
    });
  });
}
