// What the chat shows of a run, over every recorded log.
import assert from "node:assert/strict";
import { initialRunState, type ReadEvent, reduceRun } from "../../client/mod.ts";
import {
  addEvent,
  answerPart,
  changesOf,
  commentary,
  emptyLiveRun,
  isUnfinished,
  type LiveRun,
  statusOf,
} from "../../console/data/live_run.ts";
import { goldenEvents } from "./golden_events.ts";

const LOGS = goldenEvents();

const runOf = (events: readonly ReadEvent[]): LiveRun =>
  events.reduce(addEvent, emptyLiveRun(events[0]?.run_id ?? ""));
const log = (name: string): ReadEvent[] => LOGS.get(name) ?? assert.fail(`there is no log ${name}`);

for (const [name, events] of LOGS) {
  Deno.test(`${name}: what is shown of it is what its events add up to, however often they come`, () => {
    const run = runOf(events);
    assert.deepEqual(run.state, events.reduce(reduceRun, initialRunState(events[0]?.run_id ?? "")));
    assert.deepEqual(runOf(events.flatMap((event, at) => [event, ...events.slice(0, at)])), run);
    assert.ok(!isUnfinished(run.state));
    assert.ok(run.calls.every((call) => call.state !== "running"));
  });

  Deno.test(`${name}: at each of its events something is said of what goes on, and no text is shown twice`, () => {
    for (let end = 1; end < events.length; end++) {
      const run = runOf(events.slice(0, end));
      assert.notEqual(statusOf(run), "");
      const part = answerPart(run);
      const shown = [...commentary(run), ...(part === null ? [] : [run.state.parts[part - 1] ?? ""])];
      assert.deepEqual(
        shown.filter((text) => text.trim() !== "").sort(),
        run.state.parts.filter((text) => text.trim() !== "").sort(),
      );
    }
  });
}

Deno.test("a plan's steps have their times, and its calls their step", () => {
  const run = runOf(log("plan"));
  const steps = run.state.plan?.steps.map((step) => step.step_number) ?? [];
  assert.deepEqual([...run.steps.keys()].sort(), steps);
  for (const step of run.steps.values()) assert.ok((step.ended_at ?? 0) >= (step.started_at ?? Infinity));
  assert.ok(run.calls.some((call) => call.step !== null));
});

Deno.test("a step that was done in part says so, although it counts as completed", () => {
  const outcomes = [...runOf(log("partial")).steps.values()].map((step) => step.outcome);
  assert.ok(outcomes.includes("partial"));
});

Deno.test("what waits for a person is said, and what was declined is no change", () => {
  const events = log("approvals");
  const paused = runOf(events.slice(0, events.findIndex((event) => event.type === "run_paused") + 1));
  assert.match(statusOf(paused), /^Waits for you/);
  const ended = runOf(events);
  const declined = ended.state.approvals.filter((one) => one.decision?.approved === false);
  assert.ok(declined.length > 0);
  const changed = changesOf(ended).map((call) => call.id);
  assert.ok(declined.every((one) => !changed.includes(one.tool_call_id)));
});

Deno.test("a part that was withdrawn is not shown any more, and that is known", () => {
  const run = runOf(log("withdrawn_text"));
  assert.equal(run.withdrawn.length, 1);
  assert.deepEqual(commentary(run), []);
});

Deno.test("5,000 events are taken in by a run that grows, each in its turn", () => {
  const [first, ...rest] = log("long_text");
  const text = rest.find((event) => event.type === "text");
  assert.ok(first && text);
  let run = addEvent(emptyLiveRun(first.run_id), first);
  for (let seq = 2; seq <= 5_000; seq++) run = addEvent(run, { ...text, seq });
  assert.equal(run.last_seq, 5_000);
  assert.equal(run.state.parts[0]?.length, 4_999 * text.delta.length);
});
