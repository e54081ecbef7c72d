// However a run ends without an answer: its log tells how its steps ended, as their rows say, and its last event names
// the message in which its user is told what was done.
import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { z } from "zod";
import { testAsUser as test, type User } from "./agents_calls.ts";
import { loseOwner } from "./agents_rows.ts";
import {
  ending,
  event,
  lease,
  type Owned,
  recordCalls,
  reservation,
  startPlan,
  startRun,
} from "./agents_runs.ts";
import { claimStep, finishStep } from "./agents_steps.ts";
import { ask, park } from "./approvals.ts";

const ERROR = { kind: "model_failed", message: "No.", retryable: true };

interface World {
  user: User;
  sql: Sql;
  owned: Owned;
}

const cancel = ({ user, owned }: World) => user.call("cancel_run", [owned.run_id]);

const next = ({ user, owned }: World) => startRun(user, { message: "Next", session_id: owned.session_id });

const claim = ({ user, owned }: World, limits: object | null = null) =>
  user.call("claim_run", [owned.run_id, 60, reservation(), limits]);

async function abandon({ sql, owned }: World): Promise<void> {
  await sql`update agent_runs set lease_expires_at = now() - interval '50 days' where id = ${owned.run_id}`;
}

const sweep = ({ sql }: World) => sql`select private.sweep_runs('45 days')`;

/** Each way, and how the steps that were under way end with it. */
const ENDS: Record<string, ["failed" | "cancelled", (world: World) => Promise<unknown>]> = {
  "its owner stops it, because its user has asked for that": ["cancelled", async (world) => {
    await cancel(world);
    const end = ending("cancelled", { finished_reason: "cancelled" });
    const done = event(2, "done", { status: "cancelled", finished_reason: "cancelled" });
    await world.user.call("finish_run", [...lease(world.owned), end, { events: [done] }]);
  }],
  "its owner fails": ["failed", async ({ user, owned }) => {
    const end = ending("failed", { error: ERROR });
    await user.call("finish_run", [...lease(owned), end, { events: [event(2, "error", ERROR)] }]);
  }],
  "its owner can't store anything better": [
    "failed",
    ({ user, owned }) => user.call("fail_run", [...lease(owned), ERROR]),
  ],
  "its user says something else in the place of an approval": ["cancelled", async (world) => {
    await ask(world.user, world.sql, world.owned);
    await park(world.user, world.owned);
    await next(world);
  }],
  "its user says something else when its owner is lost": ["failed", async (world) => {
    await loseOwner(world.sql, world.owned.run_id);
    await next(world);
  }],
  "nobody comes back to it": ["failed", async (world) => {
    await abandon(world);
    await sweep(world);
  }],
  "nobody comes back to it, whose user had asked for it to stop": ["cancelled", async (world) => {
    await cancel(world);
    await abandon(world);
    await sweep(world);
  }],
  "it has lost too many owners": ["failed", async (world) => {
    await loseOwner(world.sql, world.owned.run_id);
    await world.sql`update agent_runs set takeovers = 5 where id = ${world.owned.run_id}`;
    await claim(world);
  }],
  "its user's quota is used up when it is taken over": ["failed", async (world) => {
    await loseOwner(world.sql, world.owned.run_id);
    await claim(world, { tokens_per_hour: 1 });
  }],
};

const StepEnd = z.object({ step_number: z.int(), attempt: z.int(), status: z.string() });
const End = z.object({ message_id: z.uuid() });

for (const [how, [left, end]] of Object.entries(ENDS)) {
  test(`a run's end tells of its steps and of what it has changed where ${how}`, async (user, sql) => {
    const steps = [1, 2, 3].map((step_number) => ({ step_number }));
    const { owned, plan_id } = await startPlan(user, [...steps, { step_number: 4, depends_on: [2] }]);
    await finishStep(user, await claimStep(user, plan_id, 1), "completed");
    await claimStep(user, plan_id, 2);
    const call = { id: crypto.randomUUID(), agent_id: owned.agent_id, agent_session_id: owned.thread_id };
    await recordCalls(user, owned, [{
      ...{
        ...call,
        tool_call_id: "c",
        tool_name: "create_book",
        access: "write",
        arguments: {},
        duration_ms: 1,
      },
      ...{ status: "succeeded", result: { ok: true, data: null, message: "Created A." } },
    }]);

    await end({ user, sql, owned });

    const log =
      await sql`select type, data from agent_run_events where run_id = ${owned.run_id} order by seq`;
    const ends = log.filter(({ type }) => type === "step_complete").map(({ data }) => StepEnd.parse(data));
    assert.deepEqual(ends.map(({ step_number, attempt, status }) => [step_number, attempt, status]), [
      ...[[1, 1, "completed"], [2, 1, left]],
    ]);
    const rows = await sql`select step_number, status from agent_executions
      where run_id = ${owned.run_id} order by step_number`;
    assert.deepEqual(rows.map(({ status }) => status), ["completed", left]);
    const { message_id } = End.parse(log.at(-1)?.data);
    const [told] = await sql`select role, content from chat_messages where id = ${message_id}`;
    assert.equal(told?.role, "assistant");
    assert.match(told?.content, /Done before: created A\./);
  });
}
