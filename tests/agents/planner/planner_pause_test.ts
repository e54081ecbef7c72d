// A planner's run that waits for a person: what its owner leaves behind, and who goes on with it.
import assert from "node:assert/strict";
import { takeOver } from "../../../shared/agents/planner/planner.ts";
import { toolCall } from "../../support/models/listed_model.ts";
import { assertContract, eventsOfType, typesOf } from "../../support/stack/calling.ts";
import { open, run } from "../../support/agents/planner_world.ts";

type World = Awaited<ReturnType<typeof open>>;

const CHANGE = { tool_calls: [toolCall("change")] };

/** A world whose person is asked about every change. */
async function openAsking(): Promise<World> {
  const world = await open();
  world.memory.tables.asking.add("change");
  return world;
}

function approve({ memory, first }: World): void {
  const approvals = eventsOfType(memory.followRun(first.owned.run_id, 0).events, "approval_required")
    .flatMap((event) => event.approvals);
  memory.decide(
    first.owned.run_id,
    approvals.map(({ tool_call_id, arguments_sha256 }) => ({
      tool_call_id,
      arguments_sha256,
      approved: true,
    })),
  );
}

/** The run in other hands, which it needs no lease to expire for. */
const taken = async ({ first, deps }: World) =>
  await takeOver(first.owned.run_id, deps) ?? assert.fail("there is nothing to take over");

Deno.test("its owner stores all that it did, settles what it has reserved, and lets the run go", async () => {
  const world = await openAsking();
  const { sent } = await world.answer([{ text: "May I?", ...CHANGE }]);
  assert.deepEqual(typesOf(sent).slice(-3), ["tool_call", "approval_required", "run_paused"]);
  assert.deepEqual(sent, world.log().slice(1));
  const { status, released } = run(world);
  assert.deepEqual([status, released, world.handedOff], ["awaiting_approval", true, []]);
  const { reservations, settlements, messages } = world.memory.tables;
  assert.deepEqual(messages.map(({ kind }) => kind), ["prompt", "task", "turn"], "there is no result yet");
  assert.deepEqual(
    reservations.map(({ id }) => id).toSorted(),
    settlements.map(({ id }) => id).toSorted(),
    "it waits without a reservation",
  );
  assert.equal(settlements.reduce((sum, { model_calls }) => sum + model_calls, 0), 1);
});

Deno.test("while it waits there is nothing to take over; once it is decided there is, without a lease that expires", async () => {
  const world = await openAsking();
  await world.answer([CHANGE]);
  assert.equal(await takeOver(world.first.owned.run_id, world.deps), null);
  approve(world);
  const { model } = await world.answer([{ text: "Done." }], await taken(world));
  assertContract(world.log());
  assert.equal(run(world).status, "completed");
  assert.equal(model.requests.length, 1, "the turn that asked is not made again");
});

Deno.test("a run that is decided by the time it would wait is handed to its next owner at once", async () => {
  const world = await openAsking();
  const { sent } = await world.answer([CHANGE], world.first, {
    store: {
      ...world.store,
      async parkRun(lease, batch, settled) {
        // The request for approval is out before the run comes to wait.
        await world.memory.recordProgress(lease, batch);
        approve(world);
        return await world.memory.parkRun(lease, batch, settled);
      },
    },
  });
  assert.ok(!typesOf(sent).includes("run_paused"));
  assert.deepEqual([run(world).status, world.handedOff], ["running", [world.first.owned.run_id]]);
  await world.answer([{ text: "Done." }], await taken(world));
  assertContract(world.log());
  assert.equal(run(world).status, "completed");
});

Deno.test("a pause that can't be stored leaves the run to takeover, and its next owner asks no second time", async () => {
  const world = await openAsking();
  await world.answer([CHANGE], world.first, {
    store: { ...world.store, parkRun: () => Promise.reject(new Error("No database.")) },
  });
  assert.deepEqual(world.logged, ["a pause failed; the run waits for takeover"]);
  await world.answer([], await world.next());
  assert.equal(run(world).status, "awaiting_approval");
  assert.equal(eventsOfType(world.log(), "approval_required").length, 1);
});

Deno.test("a run that its user cancels while it waits is ended by whoever takes it over, without a model call", async () => {
  const world = await openAsking();
  await world.answer([CHANGE]);
  world.memory.cancelRun(world.first.owned.run_id);
  await world.answer([], await taken(world));
  assertContract(world.log());
  assert.equal(run(world).status, "cancelled");
});
