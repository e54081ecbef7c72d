// What every store promises of summaries: of a conversation's oldest part, in its place.
import assert from "node:assert/strict";
import type { OwnedRun, Summary } from "../../../shared/agents/store/records.ts";
import { firstReservation } from "../ports/meter_port.ts";
import { answered, type Case, start, type StoreFixture } from "../memory_store/store_fixture.ts";

/** So many turns of one conversation, each a question and its answer. */
async function turns(fixture: StoreFixture, count: number, session_id?: string): Promise<OwnedRun> {
  const run = await start(fixture, { ...(session_id !== undefined && { session_id }) });
  await fixture.store.finishRun(run, ...answered(2));
  return count > 1 ? await turns(fixture, count - 1, run.session_id) : run;
}

function summary(number: number, upto_seq: number): Summary {
  return {
    number,
    content: `Summary ${number}.`,
    upto_seq,
    model_used: "m",
    input_tokens: 10,
    output_tokens: 5,
  };
}

export const SUMMARY_CASES: Case[] = [
  {
    name: "a first prompt has the newest summary, and the messages after those that it covers",
    async run(fixture) {
      const first = await turns(fixture, 3);
      assert.ok(await fixture.store.addSummary(first.run_id, summary(1, 2), null));
      assert.ok(await fixture.store.addSummary(first.run_id, summary(2, 4), null));
      const { opening } = await start(fixture, first);
      assert.deepEqual([opening?.summary, opening?.history_cut], ["Summary 2.", false]);
      assert.deepEqual(opening?.history, [{ role: "user", content: "Hello" }, {
        role: "assistant",
        content: "Hi.",
      }]);
    },
  },
  {
    name: "of two summaries with one number the first is kept, and both calls are settled",
    async run(fixture) {
      const first = await start(fixture);
      const { row, secret } = await firstReservation("summary");
      assert.equal((await fixture.store.reserveUsage(first.run_id, row, null)).allowed, true);
      await fixture.store.finishRun(first, ...answered(2));
      const spent = { model_calls: 1, tool_calls: 0, input_tokens: 10, cached_tokens: 4, output_tokens: 5 };
      const settled = { id: row.id, secret, ...spent, cost_usd: 0 };
      assert.equal(await fixture.store.addSummary(first.run_id, summary(1, 1), null), true);
      const late = { ...summary(1, 2), content: "Late." };
      assert.equal(await fixture.store.addSummary(first.run_id, late, settled), false);
      assert.equal(await fixture.store.addSummary(first.run_id, late, settled), false);
      const { opening } = await start(fixture, first);
      assert.deepEqual([opening?.summary, opening?.history.length], ["Summary 1.", 1]);
    },
  },
  {
    name: "the next summary is made of the newest one and what follows it, as far as the run's own messages",
    async run(fixture) {
      const second = await turns(fixture, 2);
      const nothing_yet = await fixture.store.readUnsummarised(second.run_id);
      assert.deepEqual([nothing_yet.number, nothing_yet.summary, nothing_yet.last_seq], [1, null, 4]);
      assert.deepEqual(nothing_yet.messages.map(({ seq, role, changed }) => [seq, role, changed]), [
        [1, "user", null],
        [2, "assistant", null],
        [3, "user", null],
        [4, "assistant", null],
      ]);
      await fixture.store.addSummary(second.run_id, summary(1, 2), null);
      await start(fixture, second);
      const next = await fixture.store.readUnsummarised(second.run_id);
      assert.deepEqual([next.number, next.summary, next.last_seq], [2, "Summary 1.", 4]);
      assert.deepEqual(next.messages.map(({ seq }) => seq), [3, 4]);
    },
  },
];
