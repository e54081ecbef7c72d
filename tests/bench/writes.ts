// What it costs the database that a write is proposed, tried out, approved and held to it: transactions as the REST
// layer makes them, on one connection, without the way to it.
import postgres, { type Sql, type TransactionSql } from "postgres";
import type { Stack } from "../../dev/stack.ts";
import { addUser, become } from "../db/agents_calls.ts";
import { addWorld, insertRow, TABLES, type World } from "../db/agents_world.ts";
import type { Figure, FigureGroup } from "./report.ts";
import { median, ms, quantile } from "./stats.ts";

const ROUNDS = 3;
const COUNT = 300;

/** One user's task, and the connection. */
interface Bench {
  sql: Sql;
  user_id: string;
  world: World;
  task_id: string;
}

type Headers = Record<string, string>;

export async function writes({ database_url }: Stack): Promise<FigureGroup> {
  const sql = postgres(database_url, { max: 1, onnotice: () => {} });
  try {
    const figures: Figure[] = [];
    for (const [what, { policy, timed }] of Object.entries(KINDS)) {
      await sql`update public.tool_defaults set policy = ${policy} where tool_name = 'update_task'`;
      const medians: number[] = [];
      const all: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const bench = await newBench(sql);
        const samples: number[] = [];
        for (let i = 0; i < COUNT; i += 1) samples.push(await timed(bench, `title ${i}`));
        medians.push(median(samples));
        all.push(...samples);
      }
      const detail = `medians ${medians.map((one) => one.toFixed(2)).join(", ")}; p95 ${
        ms(quantile(all, 0.95))
      }`;
      figures.push({ what, result: `${median(all).toFixed(2)} ms`, aim: "", detail });
    }
    return { title: `A write in the database, ${ROUNDS} × ${COUNT} transactions`, figures };
  } finally {
    await sql.end();
  }
}

interface Kind {
  policy: "allow" | "ask";
  /** How long the transaction took, of which the figure is. */
  timed(bench: Bench, title: string): Promise<number>;
}

const KINDS: Record<string, Kind> = {
  "the user's own write": { policy: "allow", timed: (bench, title) => took(() => retitle(bench, title, {})) },
  "a proposal": { policy: "allow", timed: (bench, title) => took(() => propose(bench, title)) },
  "a tool's write that is allowed": {
    policy: "allow",
    async timed(bench, title) {
      const call_id = await propose(bench, title);
      return await took(() => retitle(bench, title, called(call_id)));
    },
  },
  "a proposal that asks": { policy: "ask", timed: (bench, title) => took(() => propose(bench, title)) },
  "a dry run": {
    policy: "ask",
    async timed(bench, title) {
      const call_id = await propose(bench, title);
      return await took(() => dryRun(bench, title, call_id));
    },
  },
  "a tool's write that was approved": {
    policy: "ask",
    async timed(bench, title) {
      const call_id = await propose(bench, title);
      await approve(bench, call_id, await dryRun(bench, title, call_id));
      return await took(() => retitle(bench, title, called(call_id)));
    },
  },
};

async function took(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}

async function newBench(sql: Sql): Promise<Bench> {
  const { id: user_id } = await addUser(sql);
  const [task] =
    await sql`insert into public.tasks (user_id, title) values (${user_id}, 'title') returning id`;
  return { sql, user_id, world: await addWorld(sql, user_id), task_id: task?.id };
}

const called = (call_id: string): Headers => ({
  "x-agent": "1",
  "x-tool-call-id": call_id,
  "x-tool-attempt": crypto.randomUUID(),
});

/** One request of the user's. */
async function request(
  { sql, user_id }: Bench,
  headers: Headers,
  work: (own: TransactionSql) => Promise<unknown>,
): Promise<void> {
  await sql.begin(async (own) => {
    await become(own, user_id);
    await own`select set_config('request.headers', ${JSON.stringify(headers)}, true)`;
    await work(own);
  });
}

const retitle = (bench: Bench, title: string, headers: Headers): Promise<void> =>
  request(bench, headers, (own) => own`update public.tasks set title = ${title} where id = ${bench.task_id}`);

async function propose(bench: Bench, title: string): Promise<string> {
  const id = crypto.randomUUID();
  const row = {
    ...TABLES.find(({ name }) => name === "agent_tool_calls")?.row(bench.world),
    ...{ id, tool_name: "update_task", arguments: { task_id: bench.task_id, updates: { title } } },
  };
  await request(bench, { "x-agent": "1" }, (own) => insertRow(own, "agent_tool_calls", row));
  return id;
}

/** What it would change. */
async function dryRun(bench: Bench, title: string, call_id: string): Promise<string> {
  const refusal = await retitle(bench, title, { ...called(call_id), "x-tool-preview": "1" })
    .then(() => undefined, (error: unknown) => error);
  if (!(refusal instanceof postgres.PostgresError) || refusal.message !== "tool_preview") throw refusal;
  return refusal.detail ?? "";
}

async function approve(bench: Bench, call_id: string, effects: string): Promise<void> {
  await request(
    bench,
    { "x-agent": "1" },
    (own) => own`update public.agent_tool_calls set effects = ${effects}::text::jsonb where id = ${call_id}`,
  );
  await request(
    bench,
    {},
    (own) =>
      own`insert into public.approval_decisions (call_id, approved, shown_sha256, effects)
      select id, true, arguments_sha256, effects from public.agent_tool_calls where id = ${call_id}`,
  );
}
