// The local REST API answers as PostgREST does, where the package underneath would not. Each case was wrong
// before our connection mended it.
import assert from "node:assert/strict";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import postgres from "postgres";
import { startGuard } from "../../dev/process/guard.ts";
import { STARTED_ONCE } from "../../dev/process/upkeep.ts";
import { startRest } from "../../dev/rest.ts";
import { freshDatabase } from "../support/stack/stack.ts";

const SCHEMA = `
  create table public.things (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null default auth.uid() references auth.users,
    name text not null check (name <> 'bad'),
    extra jsonb not null default '{}',
    cost numeric not null default 1.50,
    at timestamptz not null default '2026-11-22 13:11:24.09+00',
    times timestamptz[] not null default array['2026-11-22 13:11:24+00'::timestamptz],
    unique (user_id, name)
  );
  alter table public.things enable row level security;
  create policy own on public.things to authenticated
    using ((select auth.uid()) = user_id) with check ((select auth.uid()) = user_id);
  grant select, insert on public.things to authenticated;
  create function public.look(p_json jsonb default null, p_tags text[] default '{}') returns jsonb language sql stable
  as $$ select jsonb_build_object('kind', jsonb_typeof(p_json), 'json', p_json, 'tags', p_tags,
    'read_only', current_setting('transaction_read_only'), 'method', current_setting('request.method'),
    'path', current_setting('request.path'),
    'patience', current_setting('idle_in_transaction_session_timeout'),
    'agent', current_setting('request.headers')::jsonb ->> 'x-test') $$;
  create function public.write(p_name text) returns void language sql volatile
  as $$ insert into public.things (name) values (p_name) $$;
  create function public.refuse_at_commit() returns trigger language plpgsql as $$ begin
    raise sqlstate 'PT409' using message = 'late', detail = new.name, hint = 'try'; end $$;
  create constraint trigger refuse_at_commit after insert on public.things deferrable initially deferred
    for each row when (new.name = 'late') execute function public.refuse_at_commit();
  create function public.tell() returns trigger language plpgsql as $$ begin
    perform set_config('response.headers', '[{"x-told": "yes"}]', true); return null; end $$;
  create trigger tell after insert on public.things for each row execute function public.tell();
  create function public.refuse(p_code text) returns void language plpgsql
  as $$ begin raise exception using errcode = p_code, message = 'no', detail = 'because', hint = 'try'; end $$;
  revoke execute on all functions in schema public from public;
  grant execute on all functions in schema public to authenticated;
`;

interface Scratch {
  user: SupabaseClient;
  /** The header x-told of each answer to the user. */
  told: (string | null)[];
  anonymous: SupabaseClient;
}

/** Runs with an API on a database of its own, which holds what SCHEMA says. */
async function withApi(work: (scratch: Scratch) => Promise<void>): Promise<void> {
  await using cleanup = new AsyncDisposableStack();
  const { url: database_url, drop } = await freshDatabase();
  cleanup.defer(drop);
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  await sql.unsafe(SCHEMA);
  await sql.end();
  const guard = startGuard();
  cleanup.defer(guard.close);
  const publishable_key = "sb_publishable_test";
  const [site_url, jwt_secret] = ["http://127.0.0.1:3000", "signs-the-tokens-of-this-test-alone"];
  const rest = await startRest({
    ...{ database_url, publishable_key, jwt_secret, site_url, upkeep: STARTED_ONCE, guard, log: () => {} },
    schemas: ["public"],
  });
  cleanup.defer(rest.stop);
  const options = { auth: { persistSession: false, autoRefreshToken: false } };
  const told: (string | null)[] = [];
  const listening: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (new URL(response.url).pathname.startsWith("/rest/")) told.push(response.headers.get("x-told"));
    return response;
  };
  const user = createClient(rest.url, publishable_key, { ...options, global: { fetch: listening } });
  const { error } = await user.auth.signUp({ email: "a@example.com", password: "a password" });
  assert.equal(error, null);
  await work({ user, told, anonymous: createClient(rest.url, publishable_key, options) });
}

Deno.test("REST: JSON arguments of functions arrive as what they are, by POST and by GET", () =>
  withApi(async ({ user }) => {
    for (
      const [json, kind] of [[{ a: [1, null] }, "object"], [[{ b: "c" }], "array"], [
        "text",
        "string",
      ]] as const
    ) {
      const { data, error } = await user.rpc("look", { p_json: json, p_tags: ["x", "y,z"] });
      assert.equal(error, null);
      assert.deepEqual([data.kind, data.json, data.tags], [kind, json, ["x", "y,z"]]);
    }
    const { data } = await user.rpc("look", { p_json: '{"a":1}' }, { get: true });
    assert.deepEqual([data.kind, data.json], ["object", { a: 1 }]);
  }));

Deno.test("REST: GET is read-only, POST only for functions that say that they write nothing", () =>
  withApi(async ({ user }) => {
    const { status, error } = await user.rpc("write", { p_name: "x" }, { get: true });
    assert.deepEqual([status, error?.code], [405, "25006"]);
    assert.equal((await user.rpc("write", { p_name: "x" })).error, null);
    for (const get of [true, false]) {
      const { data } = await user.rpc("look", {}, { get }).setHeader("X-Test", "me");
      assert.deepEqual(
        [data.read_only, data.method, data.path, data.agent],
        ["on", get ? "GET" : "POST", "/rest/v1/rpc/look", "me"],
      );
    }
  }));

Deno.test("REST: a request that stops halfway lets go of what it has locked", () =>
  withApi(async ({ user }) => {
    const { data } = await user.rpc("look");
    assert.equal(data.patience, "30s");
  }));

Deno.test("REST: the status of a database error is the one that PostgREST gives", () =>
  withApi(async ({ user, anonymous }) => {
    const cases = [["P0001", 400], ["PT409", 409], ["PT404", 404], ["23514", 400], ["40001", 500], [
      "XY123",
      400,
    ]];
    for (const [p_code, status] of cases) {
      const answer = await user.rpc("refuse", { p_code });
      assert.equal(answer.status, status, String(p_code));
      const { code, message, details, hint } = answer.error!;
      assert.deepEqual([code, message, details, hint], [p_code, "no", "because", "try"]);
    }
    assert.equal((await user.from("things").insert({ name: "bad" })).status, 400);
    await user.from("things").insert({ name: "one" });
    assert.equal((await user.from("things").insert({ name: "one" })).status, 409);
    assert.equal((await user.from("things").delete().eq("name", "one")).status, 403);
    assert.equal((await anonymous.from("things").select()).status, 401);
    assert.equal((await anonymous.rpc("look")).status, 401);
  }));

Deno.test("REST: what is refused at the commit is refused, and says nothing of what was undone", () =>
  withApi(async ({ user, told }) => {
    const early = await user.from("things").insert({ name: "early" });
    const late = await user.from("things").insert({ name: "late" }).select();
    const called = await user.rpc("write", { p_name: "late" });
    assert.deepEqual([early.status, early.error, late.status, called.status], [201, null, 409, 409]);
    const { code, message, details, hint } = late.error ?? {};
    assert.deepEqual([code, message, details, hint], ["PT409", "late", "late", "try"]);
    assert.equal(called.error?.message, "late");
    assert.deepEqual(told, ["yes", null, null]);
    assert.deepEqual((await user.from("things").select("name")).data, [{ name: "early" }]);
  }));

Deno.test("REST: times have their T, numbers are numbers, JSON columns keep any JSON", () =>
  withApi(async ({ user }) => {
    for (const extra of [{ a: 1, b: true }, [1, "2"], "text", 3]) {
      const { data, error } = await user.from("things").insert({ name: crypto.randomUUID(), extra }).select()
        .single();
      assert.equal(error, null);
      assert.deepEqual(data.extra, extra);
      assert.equal(data.cost, 1.5);
      assert.equal(data.at, "2026-11-22T13:11:24.09+00:00");
      assert.deepEqual(data.times, ["2026-11-22T13:11:24+00:00"]);
    }
  }));

Deno.test("REST: text that looks like something else is found as text, and one row is an object", () =>
  withApi(async ({ user }) => {
    for (const name of ["1.0", "1", "null", '"quoted"', "9007199254740993", " a "]) {
      const made = await user.from("things").insert({ name }).select("name, cost::text").single();
      assert.deepEqual([made.error, made.data], [null, { name, cost: "1.50" }]);
      const { data } = await user.from("things").select("name").eq("name", name);
      assert.deepEqual(data, [{ name }]);
      const among = await user.from("things").select("name").in("name", [name, "x"]);
      // In a list, quotes are PostgREST's own.
      if (!name.startsWith('"')) assert.deepEqual(among.data, [{ name }]);
    }
    const none = await user.from("things").select("name").eq("name", "none").single();
    assert.deepEqual([none.status, none.error?.code], [406, "PGRST116"]);
  }));
