// A run that has ended: nobody adds to it or changes it, by whichever door; and it ends with its last event or not at
// all.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { createWriteDb } from "../../shared/db/clients.ts";
import { ids } from "../../shared/db/ids.ts";
import { library } from "../support/domain/library_client.ts";
import { restCall } from "../support/stack/rest.ts";
import { database, newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";
import { actingAs, type Argument } from "./agents_calls.ts";
import { everything } from "./agents_rows.ts";
import { ending, event } from "./agents_runs.ts";
import { assertSound, said, testRace } from "./race.ts";
import { addWorld, insertRow, type Row, TABLES, updatable, type World } from "./agents_world.ts";

const ENDED = { status: 409, code: "PT409", message: "run_not_running" };
const UNEQUAL = /^Cannot keep run [-0-9a-f]{36}: its status and its last event differ$/;

/** The tables that hold rows of a run. */
const OF_A_RUN = TABLES.filter(({ parents }) => "run_id" in parents);

/** A row in every table, of a run under way. */
function testOfRun(name: string, body: (user: TestUser, world: World, sql: Sql) => Promise<void>): void {
  test(name, async () => {
    const sql = database();
    try {
      const user = await newUser();
      await body(user, await addWorld(sql, user.id), sql);
    } finally {
      await sql.end();
    }
  });
}

const finishing = ({ agent_runs }: World): [string, Argument[]] => [
  "finish_run",
  [agent_runs, 1, ending("completed"), { events: [event(2, "done")] }],
];

async function finish(sql: Sql, world: World): Promise<void> {
  await actingAs(sql, world.user_id).call(...finishing(world));
}

const reservation = ({ agent_runs }: World, id: string, seal: string): Row => ({
  ...{ id, run_id: agent_runs, seal, input_tokens: 1, output_tokens: 1 },
});

testOfRun("no row is added to a run that has ended: not over REST, not by the owner of the tables", async (
  user,
  world,
  sql,
) => {
  await finish(sql, world);
  const before = await everything(sql, user.id);
  const sealed = await ids.sealed();
  const rows: [string, Row][] = OF_A_RUN.map(({ name, row }) => [name, row(world)]);
  rows.push(["usage_reservations", { user_id: user.id, ...reservation(world, sealed.id, sealed.seal) }]);
  for (const [name, row] of rows) {
    assert.deepEqual(await restCall(user, "POST", name, row), ENDED, name);
    await assert.rejects(
      async () => await insertRow(sql, name, row),
      { code: "PT409" },
      `${name}, by the owner`,
    );
  }
  assert.deepEqual(await everything(sql, user.id), before);
});

testOfRun("no row of a run that has ended is changed: not over REST, not by the owner of the tables", async (
  user,
  world,
  sql,
) => {
  const sealed = await ids.sealed();
  await restCall(user, "POST", "usage_reservations", reservation(world, sealed.id, sealed.seal));
  await finish(sql, world);
  await user.client.rpc("settle_usage", { p_settlement: settlement(sealed) });
  const before = await everything(sql, user.id);
  for (const spec of [...OF_A_RUN, ...TABLES.filter(({ name }) => name === "agent_runs")]) {
    const own = spec.name === "agent_runs" ? "id" : "run_id";
    if (updatable(spec).length > 0) {
      const path = `${spec.name}?${own}=eq.${world.agent_runs}`;
      const { status, code } = await restCall(user, "PATCH", path, {
        [spec.changes ?? "status"]: "cancelled",
      });
      assert.deepEqual([status, code], [409, "PT409"], spec.name);
    }
    await assert.rejects(
      async () =>
        await sql`update ${sql(spec.name)} set user_id = gen_random_uuid()
        where ${sql(own)} = ${world.agent_runs}`,
      { code: /^(PT409|23503)$/ },
      `${spec.name}, by the owner`,
    );
  }
  for (const statement of ["seal = seal", "run_id = run_id"]) {
    await assert.rejects(
      async () => await sql.unsafe(`update usage_reservations set ${statement} where id = $1`, [sealed.id]),
      { code: "PT409" },
    );
  }
  const settled = sql`update usage_settlements set tool_calls = 0 where reservation_id = ${sealed.id}`;
  await assert.rejects(async () => await settled, { code: "PT409" });
  assert.deepEqual(await everything(sql, user.id), before);
});

const settlement = ({ id, secret }: { id: string; secret: string }) => ({
  ...{ id, secret, model_calls: 1, tool_calls: 1, input_tokens: 1, output_tokens: 1, cost_usd: 0 },
});

testOfRun("what was reserved before the end is settled after it, once", async (user, world, sql) => {
  const sealed = await ids.sealed();
  const reserved = await restCall(
    user,
    "POST",
    "usage_reservations",
    reservation(world, sealed.id, sealed.seal),
  );
  assert.equal(reserved.status, 201);
  await finish(sql, world);
  for (const tool_calls of [1, 2]) {
    const { error } = await user.client.rpc("settle_usage", {
      p_settlement: { ...settlement(sealed), tool_calls },
    });
    assert.equal(error, null);
  }
  const settled = await sql`select tool_calls from usage_settlements where user_id = ${user.id}`;
  assert.deepEqual(settled.map(({ tool_calls }) => tool_calls), [1]);
});

testOfRun("no row of another run hangs on the agents, the plan or the threads of one that has ended", async (
  user,
  world,
  sql,
) => {
  await finish(sql, world);
  const running = await addWorld(sql, user.id);
  const before = await everything(sql, user.id);
  const ofOne: readonly string[] = ["agents", "agent_plans", "agent_chat_sessions"];
  let tried = 0;
  for (const { name, row, parents } of OF_A_RUN) {
    for (const [column, parent] of Object.entries(parents).filter(([, parent]) => ofOne.includes(parent))) {
      const answer = await restCall(user, "POST", name, { ...row(running), [column]: world[parent] });
      // An attempt at a plan's step is refused even before, where it would be no next one.
      assert.match(`${answer.status} ${answer.code}`, /^(409 23503|400 23514)$/, `${name}.${column}`);
      tried++;
    }
  }
  assert.equal(tried, 13);
  assert.deepEqual(await everything(sql, user.id), before);
});

testOfRun("a tool call of a run that has ended has no effect", async (user, world, sql) => {
  const write = async (title: string) => {
    const call = { call_id: world.agent_tool_calls, attempt: crypto.randomUUID() };
    return await library(createWriteDb(testStack(), user.token, fetch, call)).from("books").insert({ title });
  };
  await finish(sql, world);
  const { status, error } = await write("Too late");
  assert.deepEqual([status, error?.code, error?.message], [409, "PT409", "run_not_running"]);
  const books = await sql`select title from books where user_id = ${user.id}`;
  assert.deepEqual([...books], []);
});

testOfRun("nobody sets a run's end by hand: its status comes with the terminal event", async (
  user,
  world,
  sql,
) => {
  const before = await everything(sql, user.id);
  for (const status of ["completed", "failed", "cancelled"]) {
    const answer = await restCall(user, "PATCH", `agent_runs?id=eq.${world.agent_runs}`, {
      status,
      finished_at: "2026-01-01",
    });
    assert.deepEqual([answer.status, answer.code], [400, "23514"]);
    assert.match(answer.message ?? "", UNEQUAL);
    await assert.rejects(
      async () => await sql`update agent_runs set status = ${status} where id = ${world.agent_runs}`,
      { code: "23514" },
    );
  }
  assert.deepEqual(await everything(sql, user.id), before);
});

testOfRun("a terminal event is not left on a run that goes on", async (user, world, sql) => {
  const before = await everything(sql, user.id);
  const forged = (seq: number, type: string) => ({ run_id: world.agent_runs, ...event(seq, type) });
  for (
    const [refusal, ...events] of [
      [[400, "23514"], forged(2, "done")],
      [[400, "23514"], forged(2, "error")],
      [[400, "23514"], forged(2, "done"), forged(3, "text")],
      [[409, "PT409"], forged(99, "done")],
    ]
  ) {
    const answer = await restCall(user, "POST", "agent_run_events", events);
    assert.deepEqual([answer.status, answer.code], refusal);
  }
  assert.deepEqual(await everything(sql, user.id), before);
  await finish(sql, world);
});

testOfRun("an end with another event after it, or with none, is not kept", async (user, world, sql) => {
  const me = actingAs(sql, user.id);
  const before = await everything(sql, user.id);
  for (
    const [events, code] of [[[event(2, "done"), event(3)], "PT409"], [[event(2)], "23514"], [[], "23514"]]
  ) {
    const args = [world.agent_runs, 1, ending("completed"), { events }];
    assert.equal((await me.refusal("finish_run", args)).code, code);
  }
  assert.deepEqual(await everything(sql, user.id), before);
});

testOfRun("an account goes with its finished runs", async (user, world, sql) => {
  await finish(sql, world);
  await sql`delete from auth.users where id = ${user.id}`;
  const left = Object.values(await everything(sql, user.id)).flat();
  assert.deepEqual(left, []);
});

for (const { name, row } of OF_A_RUN.filter(({ name }) => name !== "agent_run_events")) {
  testRace(
    `a row that is added as its run ends comes before the end or is refused: ${name}`,
    async (race) => {
      const before = await addWorld(race.sql, race.user.id);
      assert.equal(said(await race.inOrder({ insert: name, row: row(before) }, finishing(before))), "ok");
      const after = await addWorld(race.sql, race.user.id);
      const late = await race.inOrder(finishing(after), { insert: name, row: row(after) });
      assert.equal(said(late), "PT409 run_not_running");
      for (const { agent_runs } of [before, after]) await assertSound(race.sql, agent_runs);
    },
  );
}
