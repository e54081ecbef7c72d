// The ledger of usage: its user can read it and add to it, and can't take anything back.
import assert from "node:assert/strict";
import { Budget } from "../../shared/contracts/budget.ts";
import { ids } from "../../shared/db/ids.ts";
import { startedRun } from "../support/stack/runs.ts";
import { newUser, type TestUser } from "../support/stack/stack.ts";

const LIMITS = Budget.parse({ model_calls: 5 });

async function reservation(tokens = 100) {
  const { id, secret, seal } = await ids.sealed();
  return { secret, row: { id, seal, input_tokens: tokens, output_tokens: tokens } };
}

function settlement(id: string, secret: string, tokens = 10) {
  return {
    id,
    secret,
    model_calls: 1,
    tool_calls: 0,
    input_tokens: tokens,
    output_tokens: tokens,
    cost_usd: 0.01,
  };
}

async function spent(user: TestUser) {
  const { data } = await user.client.from("usage_ledger").select("input_tokens, model_calls").order(
    "reserved_at",
  );
  return (data ?? []).map((row) => row.input_tokens);
}

Deno.test("what is reserved counts in full until it is settled, and then for what it was", async () => {
  const user = await newUser();
  const first = await startedRun(user);
  assert.deepEqual(await spent(user), [100]);
  await user.client.rpc("settle_usage", { p_settlement: settlement(first.reservation.id, first.secret) });
  assert.deepEqual(await spent(user), [10]);
});

Deno.test("without the secret nothing can be settled, through the function or past it", async () => {
  const user = await newUser();
  const first = await startedRun(user);
  for (const secret of ["", first.reservation.seal, crypto.randomUUID()]) {
    const viaFunction = await user.client.rpc("settle_usage", {
      p_settlement: settlement(first.reservation.id, secret, 0),
    });
    assert.equal(viaFunction.error?.code, "42501");
    const direct = await user.client.from("usage_settlements").insert({
      reservation_id: first.reservation.id,
      user_id: user.id,
      secret,
      model_calls: 0,
      tool_calls: 0,
      input_tokens: 0,
      output_tokens: 0,
      cost_usd: 0,
    });
    assert.equal(direct.error?.code, "42501");
  }
  assert.deepEqual(await spent(user), [100]);
});

Deno.test("a settlement stands: a second one changes nothing, and no row can be changed or deleted", async () => {
  const user = await newUser();
  const first = await startedRun(user);
  await user.client.rpc("settle_usage", { p_settlement: settlement(first.reservation.id, first.secret, 50) });
  await user.client.rpc("settle_usage", { p_settlement: settlement(first.reservation.id, first.secret, 0) });
  const attempts = await Promise.all([
    user.client.from("usage_reservations").update({ input_tokens: 0 }).eq("user_id", user.id),
    user.client.from("usage_reservations").delete().eq("user_id", user.id),
    user.client.from("usage_settlements").update({ input_tokens: 0 }).eq("user_id", user.id),
    user.client.from("usage_settlements").delete().eq("user_id", user.id),
    user.client.from("agent_runs").delete().eq("user_id", user.id),
  ]);
  assert.deepEqual(attempts.map(({ error }) => error?.code), Array(5).fill("42501"));
  assert.deepEqual(await spent(user), [50]);
});

Deno.test("nothing negative, and no row dated out of the window in which it counts", async () => {
  const user = await newUser();
  const first = await startedRun(user);
  const negative = await user.client.rpc("settle_usage", {
    p_settlement: settlement(first.reservation.id, first.secret, -1_000),
  });
  assert.equal(negative.error?.code, "23514");
  const { row } = await reservation();
  const dated = await user.client.from("usage_reservations")
    .insert({ ...row, run_id: first.run_id, user_id: user.id, reserved_at: "2020-01-01T00:00:00Z" });
  assert.equal(dated.error?.code, "42501");
});

Deno.test("parallel reservations of one user never exceed the budget together", async () => {
  const user = await newUser();
  const { run_id } = await startedRun(user);
  const answers = await Promise.all(Array.from({ length: 8 }, async () => {
    const next = await reservation();
    const { data, error } = await user.client.rpc("reserve_usage", {
      p_run_id: run_id,
      p_reservation: next.row,
      p_settlement: null,
      p_limits: LIMITS,
    });
    if (error) throw error;
    return JSON.parse(JSON.stringify(data)).broken_budget;
  }));
  assert.equal(
    answers.filter((over) => over === null).length,
    4,
    "five calls, of which one is the run's first",
  );
});

Deno.test("a reservation whose answer was lost may be asked for again: it counts once", async () => {
  const user = await newUser();
  const { run_id } = await startedRun(user);
  const next = await reservation();
  for (let n = 1; n <= 2; n += 1) {
    const { data } = await user.client.rpc("reserve_usage", {
      p_run_id: run_id,
      p_reservation: next.row,
      p_settlement: null,
      // Room for the run's first call and this one.
      p_limits: Budget.parse({ tokens_per_hour: 400 }),
    });
    assert.deepEqual(data, { broken_budget: null, allowed: true, tool_calls: 0 });
  }
  assert.deepEqual(await spent(user), [100, 100]);
});

Deno.test("another user's reservation can't be settled, and another user's run can't be charged", async () => {
  const [owner, other] = [await newUser(), await newUser()];
  const first = await startedRun(owner);
  await other.client.rpc("settle_usage", { p_settlement: settlement(first.reservation.id, first.secret, 0) });
  const { row } = await reservation();
  const charged = await other.client.from("usage_reservations").insert({
    ...row,
    run_id: first.run_id,
    user_id: other.id,
  });
  assert.equal(charged.error?.code, "23503");
  assert.deepEqual(await spent(owner), [100]);
  assert.deepEqual(await spent(other), []);
});
