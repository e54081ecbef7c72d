// The local REST API serves several schemas as PostgREST does: by the profile that a request names, else the first.
import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { startGuard } from "../../dev/process/guard.ts";
import { STARTED_ONCE } from "../../dev/process/upkeep.ts";
import { startRest } from "../../dev/rest.ts";
import { migratedDatabase } from "../support/stack/stack.ts";

/** Two schemas with relations and functions of the same names, and one that is not served. */
const SCHEMA = ["public", "agent", "hidden"].map((schema) => `
  create schema if not exists ${schema};
  grant usage on schema ${schema} to authenticated;
  create table ${schema}.agents (id int primary key, name text not null);
  create table ${schema}.runs (id int primary key, agent_id int not null references ${schema}.agents);
  create view ${schema}.names with (security_invoker = true) as select id, name from ${schema}.agents;
  create view ${schema}.listed_${schema} with (security_invoker = true) as select id, agent_id from ${schema}.runs;
  insert into ${schema}.agents values (1, 'of ${schema}');
  insert into ${schema}.runs values (1, 1);
  create function ${schema}.look() returns text language sql ${schema === "agent" ? "stable" : "volatile"}
    as $$ select '${schema} ' || current_setting('transaction_read_only') || ' ' || current_setting('search_path') $$;
  create function ${schema}.rows_of() returns setof ${schema}.runs language sql stable
    as $$ select * from ${schema}.runs $$;
  grant all on all tables in schema ${schema} to authenticated;
  grant execute on all functions in schema ${schema} to authenticated;
`).join("");

const PUBLISHABLE_KEY = "sb_publishable_test";

async function withApi(
  schemas: string[],
  work: (ask: (schema: string | null, path: string, init?: RequestInit) => Promise<Answer>) => Promise<void>,
): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const { url: database_url, drop } = await migratedDatabase([]);
  cleanup.defer(drop);
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  await sql.unsafe(SCHEMA);
  await sql.end();
  const guard = startGuard();
  cleanup.defer(guard.close);
  const rest = await startRest({
    ...{ database_url, publishable_key: PUBLISHABLE_KEY, jwt_secret: "signs-the-tokens-of-this-test-alone" },
    ...{ site_url: "http://127.0.0.1:3000", schemas, upkeep: STARTED_ONCE, guard, log: () => {} },
  });
  cleanup.defer(rest.stop);
  const user = createClient(rest.url, PUBLISHABLE_KEY, { auth: { persistSession: false } });
  const { data } = await user.auth.signUp({ email: "a@example.com", password: "a password" });
  const token = data.session?.access_token ?? "";
  await work(async (schema, path, init = {}) => {
    const profile = init.method === undefined ? "accept-profile" : "content-profile";
    const answer = await fetch(`${rest.url}/rest/v1/${path}`, {
      ...init,
      headers: {
        ...{ apikey: PUBLISHABLE_KEY, authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(schema !== null && { [profile]: schema }),
        prefer: "return=representation",
      },
    });
    return { status: answer.status, body: await answer.json() };
  });
}

interface Answer {
  status: number;
  body: unknown;
}

const bodies = (asked: Promise<Answer>[]) => Promise.all(asked.map(async (one) => (await one).body));

Deno.test("each profile has its own tables, views, embedded rows and functions, also where names are the same", () =>
  withApi(["public", "agent"], async (ask) => {
    for (const schema of ["public", "agent"]) {
      const agent = { id: 1, name: `of ${schema}` };
      assert.deepEqual(
        await bodies([
          ask(schema, "agents"),
          ask(schema, "names"),
          ask(schema, "runs?select=id,agents(name)"),
          ask(schema, `listed_${schema}?select=id,agents(name)`),
          ask(schema, "agents?select=name,runs(id)"),
          ask(schema, "rpc/rows_of?select=id,agents(name)"),
        ]),
        [
          [agent],
          [agent],
          [{ id: 1, agents: { name: agent.name } }],
          [{ id: 1, agents: { name: agent.name } }],
          [{ name: agent.name, runs: [{ id: 1 }] }],
          [{ id: 1, agents: { name: agent.name } }],
        ],
        schema,
      );
    }
  }));

Deno.test("what is written goes where Content-Profile says", () =>
  withApi(["public", "agent"], async (ask) => {
    const row = { id: 2, name: "new" };
    const made = await ask("agent", "agents", { method: "POST", body: JSON.stringify(row) });
    assert.deepEqual(made, { status: 201, body: [row] });
    const changed = await ask("agent", "agents?id=eq.2", { method: "PATCH", body: '{"name":"newer"}' });
    assert.deepEqual(changed.body, [{ ...row, name: "newer" }]);
    assert.deepEqual((await ask("public", "agents?id=eq.2")).body, []);
    assert.deepEqual((await ask("agent", "agents?id=eq.2", { method: "DELETE" })).body, [{
      ...row,
      name: "newer",
    }]);
  }));

Deno.test("a function is read-only, and finds names, as the request's own schema has it", () =>
  withApi(["public", "agent"], async (ask) => {
    const look = async (schema: string) =>
      (await ask(schema, "rpc/look", { method: "POST", body: "{}" })).body;
    assert.equal(await look("public"), 'public off "public", "extensions"');
    assert.equal(await look("agent"), 'agent on "agent", "public", "extensions"');
  }));

Deno.test("a request that names no schema means the first that is served", () =>
  withApi(["agent", "public"], async (ask) => {
    assert.deepEqual((await ask(null, "agents")).body, [{ id: 1, name: "of agent" }]);
    const row = { id: 3, name: "new" };
    assert.equal((await ask(null, "agents", { method: "POST", body: JSON.stringify(row) })).status, 201);
    assert.deepEqual((await ask("agent", "agents?id=eq.3")).body, [row]);
  }));

Deno.test("a schema that is not served is refused in PostgREST's words, for reads, writes and functions", () =>
  withApi(["public", "agent"], async (ask) => {
    const refused = {
      status: 406,
      body: {
        code: "PGRST106",
        message: "Invalid schema: hidden",
        details: null,
        hint: "Only the following schemas are exposed: agent, public",
      },
    };
    assert.deepEqual(await ask("hidden", "agents"), refused);
    assert.deepEqual(await ask("hidden", "agents", { method: "POST", body: '{"id":9,"name":"x"}' }), refused);
    assert.deepEqual(await ask("hidden", "rpc/look", { method: "POST", body: "{}" }), refused);
  }));

Deno.test("a table of another schema than the one that is asked for is not there", () =>
  withApi(["public"], async (ask) => {
    const { status, body } = await ask("public", "agent.agents");
    assert.equal(status, 404);
    assert.equal(Reflect.get(Object(body), "code"), "PGRST205");
  }));
