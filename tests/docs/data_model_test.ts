// The rows of docs/data-model.md can be written by a signed-in user, one after the other, and are that user's own; the
// files that it names for the parts of the first design are there.
import assert from "node:assert/strict";
import postgres from "postgres";
import { codes, fences, pageAt, REPOSITORY, tableUnder } from "../support/docs/pages.ts";
import { freshDatabase } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const PAGE = "docs/data-model.md";
const INSERTS = fences(pageAt(PAGE)).filter(({ language }) => language === "sql");

test("a signed-in user can insert the rows of the page, and reads them back; nobody else does", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  const [owner, other] = [crypto.randomUUID(), crypto.randomUUID()];
  const as = async <T>(sub: string, work: (sql: postgres.TransactionSql) => Promise<T>) =>
    await sql.begin(async (transaction) => {
      await transaction`select set_config('request.jwt.claims', ${JSON.stringify({ sub })}, true),
        set_config('role', 'authenticated', true)`;
      return await work(transaction);
    });
  const read = (sub: string) =>
    as(
      sub,
      (sql) =>
        sql`select p.status as plan, e.success, e.worker, a.name, t.initial_context ->> 'goal' as goal, m.tokens_used
        from agent_plans p
        join agent_executions e on e.plan_id = p.id
        join agents a on a.id = e.executor_agent_id
        join agent_chat_sessions t on t.id = e.agent_session_id
        join agent_chat_messages m on m.agent_session_id = t.id`,
    );
  try {
    await sql`insert into auth.users (id, email) values (${owner}, 'a@example.com'), (${other}, 'b@example.com')`;
    assert.deepEqual(INSERTS.map(({ info }) => info), [
      ...["session", "run", "planner", "plan", "executor", "thread", "message", "execution", "result"],
    ]);
    await as(owner, async (sql) => {
      const ids = new Map<string, string>();
      for (const { info, code } of INSERTS) {
        const [row] = await sql.unsafe(code.replaceAll(/:'(\w+)'/g, (_, name) => `'${ids.get(name)}'`));
        ids.set(info, row?.id);
      }
    });
    assert.deepEqual((await read(owner)).map((row) => ({ ...row })), [{
      ...{ plan: "pending", success: true, worker: "executor", name: "Executor-1" },
      ...{ goal: "The tasks are known", tokens_used: 128 },
    }]);
    assert.equal((await read(other)).length, 0);
  } finally {
    await sql.end();
    await drop();
  }
});

Deno.test("every part of the first design has a file here", () => {
  const rows = tableUnder(PAGE, "Where the parts of the first design are");
  assert.ok(rows.length > 0);
  for (const [part, place] of rows) {
    const files = codes(place);
    assert.ok(files.length > 0, part);
    for (const file of files) assert.ok(Deno.statSync(`${REPOSITORY}${file}`).isFile, file);
  }
});
