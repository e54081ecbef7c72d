// Who may do what with the tables by which a person stays in charge: every table, every command, every kind of caller;
// and whether breaking what protects them shows.
import assert from "node:assert/strict";
import postgres, { type Sql, type TransactionSql } from "postgres";
import { freshDatabase } from "../support/stack/stack.ts";
import { addUser, refusalOf } from "./agents_calls.ts";
import { startRun } from "./agents_runs.ts";
import { ask, decision } from "./approvals.ts";

interface Ground {
  owner: string;
  other: string;
  run_id: string;
  open_call: string;
  open_sha256: string;
}

const AGENT_TOKEN = { client_id: "5f5a1c0e-9f0e-4f0e-8f0e-1f0e9f0e4f0e" };

interface Caller {
  role: "authenticated" | "anon";
  who?: "owner" | "other";
  headers?: Record<string, string>;
  claims?: Record<string, string>;
}

const CALLERS = {
  owner: { role: "authenticated", who: "owner" },
  other: { role: "authenticated", who: "other" },
  anon: { role: "anon" },
  "agent's header": { role: "authenticated", who: "owner", headers: { "x-agent": "1" } },
  "tool's header": {
    ...{ role: "authenticated", who: "owner" },
    headers: { "x-tool-call-id": "00000000-0000-4000-8000-000000000001" },
  },
  "agent's token": { role: "authenticated", who: "owner", claims: AGENT_TOKEN },
} satisfies Record<string, Caller>;
const AGENTS = ["agent's header", "tool's header", "agent's token"] as const;
type CallerName = keyof typeof CALLERS;

const COMMANDS = ["select", "insert", "update", "delete"] as const;
type Answers = Record<typeof COMMANDS[number], number | string>;

/** Neither a right nor a policy that would let it through. */
const NO = "42501";
const READS: Answers = { select: 1, insert: NO, update: NO, delete: NO };
const NOTHING: Answers = { select: NO, insert: NO, update: NO, delete: NO };

interface Table {
  insert(ground: Ground): string;
  /** A column that one tries to change. */
  column: string;
  owner: Answers;
  other: Answers;
  agents: Answers;
}

/** What the operator says: every user reads it, migrations alone write it. */
const operators = (insert: string, column: string): Table => ({
  ...{ insert: () => insert, column, owner: READS, other: READS, agents: READS },
});

const TABLES: Record<string, Table> = {
  approval_decisions: {
    insert: ({ open_call, open_sha256 }) =>
      `(call_id, approved, shown_sha256) values ('${open_call}', false, '${open_sha256}')`,
    column: "approved",
    owner: { ...READS, insert: 1 },
    other: { ...READS, select: 0 },
    agents: READS,
  },
  tool_rules: {
    insert: () => "(tool_name, policy) values ('cancel_loan', 'allow')",
    column: "policy",
    owner: { ...READS, insert: 1, delete: 1 },
    // They make one of their own.
    other: { select: 0, insert: 1, update: NO, delete: 0 },
    agents: { ...READS, delete: 0 },
  },
  external_rows: {
    insert: ({ owner }) =>
      `(user_id, relation, row_key, source) values ('${owner}', 'public.books', '2', 'email')`,
    column: "source",
    owner: { ...READS, delete: 1 },
    other: { ...READS, select: 0, delete: 0 },
    agents: { ...READS, delete: "PT403" },
  },
  run_taints: {
    insert: ({ owner, run_id }) => `(user_id, run_id, tainted_by) values ('${owner}', '${run_id}', '[]')`,
    column: "tainted_by",
    owner: READS,
    other: { ...READS, select: 0 },
    agents: READS,
  },
  tool_defaults: operators("(tool_name, policy) values ('anything', 'allow')", "policy"),
  tool_floors: operators("(tool_name, policy, why) values ('anything', 'allow', 'So.')", "policy"),
  external_tables: operators("(relation, source) values ('public.loans', 'email')", "source"),
  agent_settings: operators("(require_agent_token) values (false)", "require_agent_token"),
};

/** What one answers in another way, table by table. */
async function* faults(sql: TransactionSql, ground: Ground, only?: string): AsyncGenerator<string> {
  for (const [name, table] of Object.entries(TABLES)) {
    if (only !== undefined && name !== only) continue;
    for (const caller of Object.keys(CALLERS) as CallerName[]) {
      const expected = caller === "anon"
        ? NOTHING
        : AGENTS.some((agent) => agent === caller)
        ? table.agents
        : caller === "other"
        ? table.other
        : table.owner;
      for (const command of COMMANDS) {
        const answer = await tryCommand(
          sql,
          ground,
          CALLERS[caller],
          statement(name, table, command, ground),
        );
        if (answer !== expected[command]) yield `${caller}: ${command} ${name}: ${answer}`;
      }
    }
  }
}

function statement(
  name: string,
  { insert, column }: Table,
  command: typeof COMMANDS[number],
  ground: Ground,
): string {
  const rows = name === "tool_defaults" ? "where tool_name = 'cancel_loan'" : "";
  switch (command) {
    case "select":
      return `select from public.${name} ${rows}`;
    case "insert":
      return `insert into public.${name} ${insert(ground)}`;
    case "update":
      return `update public.${name} set ${column} = ${column}`;
    case "delete":
      return `delete from public.${name}`;
  }
}

/** As the caller, rolled back: how many rows, or what refuses it. */
async function tryCommand(
  sql: TransactionSql,
  ground: Ground,
  { role, who, headers = {}, claims = {} }: Caller,
  text: string,
): Promise<number | string> {
  const back = new Error("rolled back");
  let count = 0;
  try {
    await sql.savepoint(async (inner) => {
      const token = { role, ...(who && { sub: ground[who] }), ...claims };
      await inner`select set_config('request.jwt.claims', ${JSON.stringify(token)}, true),
        set_config('request.headers', ${JSON.stringify(headers)}, true), set_config('role', ${role}, true)`;
      count = (await inner.unsafe(text)).count;
      throw back;
    });
  } catch (error) {
    return error === back ? count : refusalOf(error).code;
  }
  return count;
}

/** A user with one row in each table and a call to decide on, beside one with none; all of it is rolled back. */
async function inTransaction(work: (sql: TransactionSql, ground: Ground) => Promise<void>): Promise<void> {
  const { url, drop } = await freshDatabase();
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    const ground = await prepare(sql);
    const back = new Error("rolled back");
    await sql.begin(async (transaction) => {
      await work(transaction, ground);
      throw back;
    }).catch((error) => {
      if (error !== back) throw error;
    });
  } finally {
    await sql.end();
    await drop();
  }
}

async function prepare(sql: Sql): Promise<Ground> {
  const [user, other] = [await addUser(sql), await addUser(sql)];
  const owned = await startRun(user);
  // Else a write of it could not be tried.
  const another = await startRun(user);
  const decided = await ask(user, sql, owned);
  await user.call("decide_tool_calls", [owned.run_id, [decision(decided)]]);
  const open = await ask(user, sql, owned, { arguments: { loan_id: "2" } });
  await sql`insert into tool_rules (user_id, tool_name, policy) values (${user.id}, 'cancel_loan', 'deny')`;
  await sql`insert into external_rows (user_id, relation, row_key, source)
    values (${user.id}, 'public.books', '1', 'email')`;
  await sql`insert into run_taints (user_id, run_id, tainted_by) values (${user.id}, ${owned.run_id}, '[]')`;
  await sql`delete from tool_floors`;
  await sql`insert into tool_floors (tool_name, policy, why) values ('cancel_loan', 'ask', 'So.')`;
  await sql`delete from external_tables`;
  await sql`insert into external_tables (relation, source) values ('public.books', 'email')`;
  return {
    ...{ owner: user.id, other: other.id, run_id: another.run_id },
    ...{ open_call: open.id, open_sha256: open.arguments_sha256 },
  };
}

Deno.test("every caller gets from every command what the matrix says", () =>
  inTransaction(async (sql, ground) => {
    assert.deepEqual(await Array.fromAsync(faults(sql, ground)), []);
  }));

const DAMAGES: [table: string, statement: string][] = [
  ...Object.keys(TABLES).flatMap((name): [string, string][] => [
    [
      name,
      `alter table public.${name} disable row level security; grant all on public.${name} to authenticated`,
    ],
    [name, `grant select on public.${name} to anon; alter table public.${name} disable row level security`],
    [name, `grant update on public.${name} to authenticated`],
    [name, `revoke select on public.${name} from authenticated`],
  ]),
  ["approval_decisions", 'alter policy "own rows: insert" on public.approval_decisions with check (true)'],
  ["approval_decisions", 'alter policy "own rows: select" on public.approval_decisions using (true)'],
  ["approval_decisions", "revoke insert on public.approval_decisions from authenticated"],
  ["tool_rules", 'alter policy "own rows, no agent: insert" on public.tool_rules with check (true)'],
  ["tool_rules", 'alter policy "own rows, no agent: delete" on public.tool_rules using (true)'],
  ["external_rows", "drop trigger keep_marks on public.external_rows"],
  ["external_rows", 'alter policy "own rows: delete" on public.external_rows using (true)'],
  [
    "run_taints",
    "grant delete on public.run_taints to authenticated; alter table run_taints disable row level security",
  ],
];

Deno.test("whatever protects them and is broken shows in the matrix", () =>
  inTransaction(async (sql, ground) => {
    for (const [name, damage] of DAMAGES) {
      const back = new Error("rolled back");
      await sql.savepoint(async (broken) => {
        await broken.unsafe(damage);
        const first = await faults(broken, ground, name).next();
        assert.ok(!first.done, `The matrix did not notice: ${damage}`);
        throw back;
      }).catch((error) => {
        if (error !== back) throw error;
      });
    }
    assert.deepEqual(await Array.fromAsync(faults(sql, ground)), []);
  }));
