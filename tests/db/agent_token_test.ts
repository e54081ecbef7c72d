// Whom the database takes for an agent, and what it lets them do: by the headers of a request and the claims of its
// token, in mode `shared`, where agents have the user's token, and in mode `separate`, where they have their own.
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { freshDatabase } from "../support/stack/stack.ts";
import { agentArgument } from "../support/stack/runs.ts";
import { callFunction, refusalOf } from "./agents_calls.ts";

const TOKENS = { person: {}, agent: { client_id: "5f5a1c0e-9f0e-4f0e-8f0e-1f0e9f0e4f0e" } };
const HEADERS = { none: {}, "x-agent": { "x-agent": "1" } };
const MODES = ["shared", "separate"] as const;

interface World {
  sql: Sql;
  user_id: string;
  /** A write call that was approved, of a run that is running; its tool makes a book. */
  call_id: string;
  run_id: string;
}

interface Request {
  token: keyof typeof TOKENS;
  headers: Record<string, string>;
}

async function inMode(mode: typeof MODES[number], body: (world: World) => Promise<void>): Promise<void> {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const user_id = crypto.randomUUID();
    await sql`insert into auth.users (id) values (${user_id})`;
    await sql`update public.agent_settings set require_agent_token = ${mode === "separate"}`;
    const world = { sql, user_id, call_id: crypto.randomUUID(), run_id: "" };
    const agent = { token: "agent" as const, headers: HEADERS["x-agent"] };
    await sent(world, agent, startRun);
    await sent(world, agent, async (request) => {
      const [run] = await request`select r.id, t.id as thread, t.planner_agent_id as agent from agent_runs r
        join agent_chat_sessions t on t.run_id = r.id`;
      world.run_id = run?.id;
      await request`insert into agent_tool_calls (id, run_id, agent_session_id, agent_id, tool_call_id, tool_name, access,
        arguments, status) values (${world.call_id}, ${run?.id}, ${run?.thread}, ${run?.agent}, 'c', 'create_book',
        'write', '{}', 'proposed')`;
    });
    await body(world);
  } finally {
    await sql.end();
    await drop();
  }
}

/** A request as PostgREST runs it; gives `done`, or the refusal. `kept` says whether it stays. */
async function sent(
  { sql, user_id }: World,
  { token, headers }: Request,
  work: (request: TransactionSql) => Promise<unknown>,
): Promise<string> {
  const claims = { sub: user_id, role: "authenticated", ...TOKENS[token] };
  try {
    await sql.begin(async (request) => {
      await request`select set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
        set_config('request.headers', ${
        JSON.stringify(headers)
      }, true), set_config('role', 'authenticated', true)`;
      await work(request);
    });
    return "done";
  } catch (error) {
    const { code, message } = refusalOf(error);
    return `${code} ${message}`;
  }
}

/** The same, rolled back. */
async function tried(world: World, request: Request, work: (request: TransactionSql) => Promise<unknown>) {
  const back = new Error("rolled back");
  try {
    return await sent(world, request, async (transaction) => {
      await work(transaction);
      throw back;
    });
  } catch (error) {
    if (error !== back) throw error;
    return "done";
  }
}

async function startRun(request: TransactionSql) {
  const { agent } = await agentArgument();
  await callFunction(request, "start_run", [
    { message: "Hi", time_zone: "UTC", request_key: crypto.randomUUID() },
    agent,
    60,
  ]);
}

const writeBook = (request: TransactionSql) => request`insert into books (title) values ('Emma')`;
const undoRun = ({ run_id }: World) => (request: TransactionSql) =>
  callFunction(request, "undo_run", [run_id]);

/** What each kind of request comes to, for every token and header, as `token, header: answer`. */
async function matrix(world: World, work: (request: TransactionSql) => Promise<unknown>) {
  const call = { "x-tool-call-id": world.call_id, "x-tool-attempt": crypto.randomUUID() };
  const headers = { ...HEADERS, call, both: { ...HEADERS["x-agent"], ...call } };
  const answers: Record<string, string> = {};
  for (const token of ["person", "agent"] as const) {
    for (const [name, sent] of Object.entries(headers)) {
      answers[`${token}, ${name}`] = await tried(world, { token, headers: sent }, work);
    }
  }
  return answers;
}

const NO_CALL = "PT403 no_tool_call";
const NOT_FOR_AGENTS = "PT403 not_for_agents";
const TOKEN_REQUIRED = "PT403 agent_token_required";

Deno.test("shared: a tool's table is written by the person, or by a call; a token of an agent's own needs no header to be known", () =>
  inMode("shared", async (world) => {
    assert.deepEqual(await matrix(world, writeBook), {
      "person, none": "done",
      "person, x-agent": NO_CALL,
      "person, call": "done",
      "person, both": "done",
      "agent, none": NO_CALL,
      "agent, x-agent": NO_CALL,
      "agent, call": "done",
      "agent, both": "done",
    });
  }));

Deno.test("separate: what says that it is an agent's is refused with a person's token, and the person is not", () =>
  inMode("separate", async (world) => {
    assert.deepEqual(await matrix(world, writeBook), {
      "person, none": "done",
      "person, x-agent": NO_CALL,
      "person, call": TOKEN_REQUIRED,
      "person, both": TOKEN_REQUIRED,
      "agent, none": NO_CALL,
      "agent, x-agent": NO_CALL,
      "agent, call": "done",
      "agent, both": "done",
    });
  }));

for (const mode of MODES) {
  Deno.test(`${mode}: a person alone undoes, whatever an agent leaves out`, () =>
    inMode(mode, async (world) => {
      assert.deepEqual(await matrix(world, undoRun(world)), {
        "person, none": "done",
        ...Object.fromEntries(["x-agent", "call", "both"].map((name) => [`person, ${name}`, NOT_FOR_AGENTS])),
        ...Object.fromEntries(
          ["none", "x-agent", "call", "both"].map((name) => [`agent, ${name}`, NOT_FOR_AGENTS]),
        ),
      });
    }));
}

Deno.test("separate: a run is begun and taken over with the agent's token alone; the person stops it all the same", () =>
  inMode("separate", async (world) => {
    const { sql, run_id } = world;
    const person = { token: "person", headers: HEADERS["x-agent"] } as const;
    const agent = { token: "agent", headers: HEADERS["x-agent"] } as const;
    assert.equal(await tried(world, person, startRun), TOKEN_REQUIRED);
    assert.equal(await tried(world, agent, startRun), "done");
    await sql`update agent_runs set lease_expires_at = now() - interval '1 minute', lease_generation = lease_generation + 1`;
    const claim = (request: TransactionSql) =>
      request`update agent_runs set lease_generation = lease_generation + 1`;
    assert.equal(await tried(world, person, claim), TOKEN_REQUIRED);
    assert.equal(await tried(world, agent, claim), "done");
    assert.equal(
      await tried(world, person, (request) => callFunction(request, "cancel_run", [run_id])),
      "done",
    );
  }));

Deno.test("shared: the user's token begins runs and takes them over", () =>
  inMode("shared", async (world) => {
    const person = { token: "person", headers: HEADERS["x-agent"] } as const;
    assert.equal(await tried(world, person, startRun), "done");
    assert.equal(
      await tried(
        world,
        person,
        (request) => request`update agent_runs set lease_generation = lease_generation + 1`,
      ),
      "done",
    );
  }));

Deno.test("every user reads the mode, and none sets it", () =>
  inMode("separate", async (world) => {
    const person = { token: "person", headers: {} } as const;
    const [read] = await world.sql`select require_agent_token from public.agent_settings`;
    assert.deepEqual(read, { require_agent_token: true });
    for (
      const change of [
        "update agent_settings set require_agent_token = false",
        "insert into agent_settings default values",
        "delete from agent_settings",
      ]
    ) {
      assert.match(await tried(world, person, (request) => request.unsafe(change)), /^42501 /, change);
    }
  }));
