import assert from "node:assert/strict";
import { database, freshDatabase, newUser, testStack } from "../support/stack/stack.ts";
import postgres from "postgres";

Deno.test("a new user is authenticated and sees rows of their own, of which there are none", async () => {
  const user = await newUser();
  const { data, error } = await user.client.from("chat_sessions").select();
  assert.equal(error, null);
  assert.deepEqual(data, []);
  const { data: me } = await user.client.auth.getUser(user.token);
  assert.equal(me.user?.id, user.id);
});

Deno.test("without the publishable key nothing is answered", async () => {
  const { url } = testStack();
  for (const path of ["/rest/v1/chat_sessions", "/auth/v1/user"]) {
    const answer = await fetch(`${url}${path}`);
    assert.equal(answer.status, 401);
    await answer.body?.cancel();
  }
});

Deno.test("a fresh database has the migrations and no rows", async () => {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1 });
  const [row] = await sql`select (select count(*)::int from auth.users) as users,
    (select count(*)::int from supabase_migrations.schema_migrations) as migrations`;
  await sql.end();
  await drop();
  assert.equal(row?.users, 0);
  assert.ok(row?.migrations > 0);
});

Deno.test("the stack's database is reachable as superuser", async () => {
  const sql = database();
  const [row] = await sql`select rolsuper from pg_roles where rolname = current_user`;
  await sql.end();
  assert.equal(row?.rolsuper, true);
});
