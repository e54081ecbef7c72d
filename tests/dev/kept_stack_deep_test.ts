// What a front-end developer builds against stays where it is: accounts, sign-ins and rows, until they want it otherwise.
import assert from "node:assert/strict";
import postgres from "postgres";
import { keptStack } from "../support/stack/kept_stack.ts";
import { newRoot } from "../support/stack/new_root.ts";

Deno.test("a user, their sign-in and their rows are there at the next start, and gone after a fresh one", async () => {
  await using root = await newRoot();
  const account = { email: "me@example.com", password: "my own password" };
  let refresh_token = "";
  let key = "";
  {
    await using first = await keptStack(root.path, "before");
    key = first.publishable_key;
    const { data } = await first.client.auth.signUp(account);
    refresh_token = data.session?.refresh_token ?? "";
    await first.client.from("projects").insert({ name: "Garden", slug: "garden" }).throwOnError();
  }
  {
    await using second = await keptStack(root.path, "before");
    assert.equal(second.publishable_key, key);
    assert.equal(second.kept_in, `${root.path}/.dev/stack`);
    const { error } = await second.client.auth.refreshSession({ refresh_token });
    assert.equal(error, null);
    const { data } = await second.client.from("projects").select("name").throwOnError();
    assert.deepEqual(data, [{ name: "Garden" }]);
    const demo = await second.client.auth.signInWithPassword(second.demo_user);
    assert.equal(demo.error, null);
    const sql = postgres(second.database_url, { max: 1 });
    await sql`update supabase_migrations.schema_migrations set statements = array['select 1']
      where version = (select max(version) from supabase_migrations.schema_migrations)`;
    await sql.end();
  }
  await assert.rejects(
    keptStack(root.path, "before"),
    /made by another version of \d+_\w+\.sql\. Start with --fresh/,
  );
  {
    await using third = await keptStack(root.path, "nothing");
    assert.equal(third.publishable_key, key);
    const { error } = await third.client.auth.signInWithPassword(account);
    assert.match(error?.message ?? "", /Invalid login credentials/);
  }
});
