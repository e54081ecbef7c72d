// What every store tells a session of the end of a run that gave no answer.
import assert from "node:assert/strict";
import { failed, ok } from "../../../shared/contracts/tool_result.ts";
import type { OwnedRun, RunOutcome } from "../../../shared/agents/store/records.ts";
import type { EventRow, ToolCallRow } from "../../../shared/agents/store/rows.ts";
import { messageId } from "../agents/stored_thread.ts";
import {
  answered,
  AT,
  batch,
  type Case,
  end,
  FAILURE,
  SPENT,
  start,
  storeCalls,
  type StoreFixture,
} from "./store_fixture.ts";

const text = (seq: number, part: number, delta: string): EventRow => ({
  ...{ seq, type: "text", at: AT, agent: null },
  data: { part, message_id: messageId(part), delta },
});

function write({ thread_id, agent_id }: OwnedRun, n: number, message: string | null): ToolCallRow {
  const result = message === null ? failed("failed", "No.") : ok(null, message);
  return {
    ...{ id: crypto.randomUUID(), agent_id, agent_session_id: thread_id, tool_call_id: `c${n}` },
    ...{ tool_name: "create_book", access: "write", arguments: {}, duration_ms: 1 },
    status: result.ok ? "succeeded" : "failed",
    result: { ...result },
    created_at: `2026-11-22T12:00:0${n}.000Z`,
    finished_at: `2026-11-22T12:00:0${n}.000Z`,
  };
}

async function toldOf(fixture: StoreFixture, { run_id }: OwnedRun): Promise<string> {
  const told = await fixture.told(run_id);
  assert.equal(told.length, 1);
  const last = (await fixture.log(run_id)).at(-1);
  const named = last?.type === "done" || last?.type === "error" ? last.message_id : undefined;
  assert.equal(named, told[0]?.id, "the terminal event names it");
  return told[0]?.content ?? "";
}

const CANCELLED: RunOutcome = { status: "cancelled", strategy: null, usage: SPENT, settlement: null };

export const TOLD_CASES: Case[] = [
  {
    name: "a run that answered is told as it said it",
    async run(fixture) {
      const run = await start(fixture);
      const [outcome, rows] = answered(2);
      await fixture.store.finishRun(run, outcome, rows);
      assert.equal(await toldOf(fixture, run), outcome.answer);
    },
  },
  {
    name: "a run that failed tells what it said, withdrawn parts left out, and what its writes did",
    async run(fixture) {
      const run = await start(fixture);
      const withdrawn: EventRow = { seq: 4, type: "text_withdrawn", at: AT, agent: null, data: { part: 1 } };
      const events = [
        text(2, 1, "Lost "),
        text(3, 1, "words."),
        withdrawn,
        text(5, 2, "I "),
        text(6, 2, "wrote.\n"),
      ];
      const tool_calls = [
        write(run, 2, null),
        write(run, 1, 'Created the book\n"Emma".'),
        write(run, 3, "ID 7 is there."),
        { ...write(run, 4, "Read it."), access: "read" as const },
      ];
      await fixture.store.recordProgress(run, batch({ events }));
      await storeCalls(fixture, run, tool_calls);
      await fixture.store.failRun(run, { ...FAILURE, kind: "model_failed" });
      assert.equal(
        await toldOf(fixture, run),
        'I wrote.\n\nThis failed before it was finished. Done before: created the book "Emma"; ID 7 is there.',
      );
    },
  },
  {
    name: "of many writes the first six are told, and how many more",
    async run(fixture) {
      const run = await start(fixture);
      const tool_calls = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => write(run, n, `Wrote ${n}.`));
      await storeCalls(fixture, run, tool_calls);
      await fixture.store.finishRun(run, CANCELLED, batch({ events: [end(2, "cancelled")] }));
      const six = "wrote 1; wrote 2; wrote 3; wrote 4; wrote 5; wrote 6";
      assert.equal(
        await toldOf(fixture, run),
        `This was stopped by the user. Done before: ${six}; and 2 more.`,
      );
    },
  },
  {
    name: "a run that is superseded tells that it was interrupted, and one whose user had stopped it, that",
    async run(fixture) {
      for (const why of ["interrupted before it was finished", "stopped by the user"]) {
        const run = await start(fixture);
        if (why.startsWith("stopped")) await fixture.cancel(run.run_id);
        await fixture.lapse(run.run_id);
        await start(fixture, { session_id: run.session_id });
        assert.equal(await toldOf(fixture, run), `This was ${why}. Nothing was changed.`);
      }
    },
  },
];
