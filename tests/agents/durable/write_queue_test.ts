// What waits to be stored, and for how long: a moment where nobody acts on it, and else not at all.
import assert from "node:assert/strict";
import { ANSWERED, numbers, openLog, PART, proposal, types } from "../../support/agents/scripted_log.ts";
import { quiet } from "../../support/ports/pass_time.ts";

const CALLED = { type: "tool_call" as const, tool_call_id: "c", name: "look", arguments: {} };

Deno.test("what nobody acts on waits 100 ms for company, and then goes as one", async () => {
  const { run, clock, sent, asked } = openLog();
  run.emit({ type: "analysis", strategy: "tool_use" });
  clock.advance(99);
  run.emit(CALLED);
  await quiet();
  assert.deepEqual([asked, sent], [[], []]);
  clock.advance(1);
  await quiet();
  assert.deepEqual(numbers(asked), [[2, 3]]);
  assert.deepEqual(types(sent), ["2 analysis", "3 tool_call"]);
  assert.equal(clock.timers, 0);
});

Deno.test("text, a verdict, a question and the end don't wait, and take along what does", async () => {
  for (
    const needed of [
      ({ run }) => run.text(PART, "Hello"),
      ({ run }) => void run.propose([proposal()]),
      ({ run }) => run.emit({ type: "approval_required", approvals: [] }),
      ({ run }) => void run.flush(),
      ({ run }) => void run.finish(ANSWERED),
      ({ run }) => void run.park(null).catch(() => {}),
    ] satisfies ((log: ReturnType<typeof openLog>) => void)[]
  ) {
    const log = openLog();
    log.run.emit(CALLED);
    needed(log);
    await quiet();
    assert.equal(log.stored.flatMap(({ events }) => events)[0]?.type, "tool_call", String(needed));
    assert.equal(log.clock.timers, 0);
  }
});

Deno.test("what happens while one transaction is under way waits for company like anything else", async () => {
  const database = Promise.withResolvers<void>();
  const { run, clock, asked } = openLog({ transactions: [() => database.promise] });
  run.text(PART, "Hello");
  await quiet();
  run.emit(CALLED);
  database.resolve();
  await quiet();
  assert.deepEqual(numbers(asked), [[2]]);
  clock.advance(100);
  await quiet();
  assert.deepEqual(numbers(asked), [[2], [3]]);
});

Deno.test("once the hand-off is due nothing waits: it needs a checkpoint", async () => {
  const { run, asked, progress } = openLog({ due: true });
  run.emit(CALLED);
  await quiet();
  assert.deepEqual([numbers(asked), progress()], [[[2]], 1]);
});
