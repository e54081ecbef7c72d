// Who may do what with the tables of the conversation and of the agents, and whether breaking a policy shows.
import assert from "node:assert/strict";
import postgres, { type TransactionSql } from "postgres";
import { freshDatabase, newUser } from "../support/stack/stack.ts";
import { matrixFaults } from "./agents_matrix.ts";
import { insertWorld, TABLES, type TableSpec, updatable, type World } from "./agents_world.ts";

interface Two {
  mine: World;
  theirs: World;
}

/** Two users' rows in a database of their own, in a transaction that is rolled back. */
async function inTransaction(work: (sql: TransactionSql, two: Two) => Promise<void>): Promise<void> {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const two = { mine: await insertWorld(sql), theirs: await insertWorld(sql) };
    await rolledBack((inner) => sql.begin(inner), (inner) => work(inner, two));
  } finally {
    await sql.end();
    await drop();
  }
}

async function rolledBack(
  begin: (work: (sql: TransactionSql) => Promise<void>) => Promise<unknown>,
  work: (sql: TransactionSql) => Promise<void>,
): Promise<void> {
  const done = new Error("rolled back");
  await begin(async (sql) => {
    await work(sql);
    throw done;
  }).catch((error) => {
    if (error !== done) throw error;
  });
}

Deno.test("every caller gets from every command what the matrix says", (t) =>
  inTransaction(async (sql, two) => {
    for (const spec of TABLES) {
      await t.step(spec.name, async () => assert.deepEqual(await faultsOf(sql, spec, two), []));
    }
  }));

Deno.test("a policy that is gone or lets everything pass, or a right too many, shows in the matrix", (t) =>
  inTransaction(async (sql, two) => {
    for (const spec of TABLES) {
      await t.step(spec.name, async () => {
        for (const damage of damages(spec)) {
          await rolledBack((inner) => sql.savepoint(inner), async (broken) => {
            await broken.unsafe(damage);
            const first = await matrixFaults(broken, spec, two).next();
            assert.ok(!first.done, `The matrix did not notice: ${damage}`);
          });
        }
        assert.deepEqual(await faultsOf(sql, spec, two), [], "what was broken is whole again");
      });
    }
  }));

Deno.test("the matrix knows every table of a user's conversations and agents", () =>
  inTransaction(async (sql) => {
    const tables = await sql<{ name: string }[]>`select relname::text as name from pg_class
      join pg_attribute on attrelid = pg_class.oid and attname = 'user_id'
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname ~ '^(agent|chat)'`;
    assert.deepEqual(tables.map(({ name }) => name).sort(), TABLES.map(({ name }) => name).sort());
  }));

Deno.test("over the API a user sees nothing of others, and a row can't be deleted or forged", async () => {
  const [me, other] = await Promise.all([newUser(), newUser()]);
  const { data: session } = await other.client.from("chat_sessions").insert({ title: "Theirs" }).select("id")
    .single();
  assert.ok(session);

  const read = await me.client.from("chat_sessions").select("id, chat_messages(content)", { count: "exact" });
  assert.deepEqual([read.data, read.count], [[], 0]);
  const renamed = await me.client.from("chat_sessions").update({ title: "Mine" }).eq("id", session.id)
    .select();
  assert.deepEqual(renamed.data, []);
  const forged = await me.client.from("chat_sessions").insert({ title: "Forged", user_id: other.id });
  assert.equal(forged.error?.code, "42501");
  const message = { session_id: session.id, role: "user" as const, content: "Hi", seq: 1 };
  const child = await me.client.from("chat_messages").insert(message);
  assert.equal(child.error?.code, "23503");
  const deleted = await other.client.from("chat_sessions").delete().eq("id", session.id);
  assert.equal(deleted.error?.code, "42501");
});

function faultsOf(sql: TransactionSql, spec: TableSpec, two: Two): Promise<string[]> {
  return Array.fromAsync(matrixFaults(sql, spec, two));
}

/** Statements that each break one thing that protects the table. */
function* damages(spec: TableSpec): Generator<string> {
  const updates = updatable(spec);
  const table = `public."${spec.name}"`;
  const commands = ["select", "insert", ...(updates.length > 0 ? ["update"] : [])];
  for (const command of commands) {
    yield `drop policy "own rows: ${command}" on ${table}`;
    const using = command === "insert" ? "" : "using (true)";
    yield `alter policy "own rows: ${command}" on ${table} ${using || "with check (true)"}`;
  }
  yield `alter table ${table} disable row level security`;
  yield `grant select on ${table} to anon`;
  yield `grant insert on ${table} to anon`;
  yield `grant insert on ${table} to service_role`;
  yield `grant delete on ${table} to authenticated`;
  yield `grant update (user_id) on ${table} to authenticated`;
  yield `revoke select on ${table} from authenticated`;
  yield `revoke insert on ${table} from authenticated`;
  for (const column of updates) yield `revoke update ("${column}") on ${table} from authenticated`;
}
