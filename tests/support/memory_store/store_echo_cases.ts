// What every store promises of what goes back to a model's host with the history.
import assert from "node:assert/strict";
import type { MessageRow } from "../../../shared/agents/store/rows.ts";
import { batch, type Case, claim, message, plan, progress, start, takeOver } from "./store_fixture.ts";

/** A model's turn with all that its host may want back. */
function echoing(thread_id: string, seq: number): MessageRow {
  return message(thread_id, seq, {
    kind: "turn",
    sender_type: "planner",
    role: "assistant",
    reasoning: "I look first.",
    tool_calls: [{
      ...{ id: "c", name: "look", arguments: "{}" },
      extra_content: { google: { thought_signature: "AY89a1/+c3Ry==" } },
    }],
    echo: {
      model: "m",
      fields: {
        reasoning_details: [{ type: "reasoning.encrypted", id: "r1", index: 0, data: "gAAA/+==" }, {}, []],
        extra_content: "of the message",
      },
    },
  });
}

export const ECHO_CASES: Case[] = [
  {
    name: "what a model's host wants back comes with the thread, value for value, and goes nowhere else",
    async run(fixture) {
      const run = await start(fixture);
      const row = echoing(run.thread_id, 1);
      await fixture.store.recordProgress(run, batch({ messages: [row, message(run.thread_id, 2)] }));
      const { messages: [turn, other] } = await takeOver(fixture, run);
      assert.ok(turn?.message.role === "assistant");
      const { echo, tool_calls, reasoning } = turn.message;
      assert.deepEqual({ echo, tool_calls, reasoning }, {
        ...{ echo: row.echo, tool_calls: row.tool_calls, reasoning: row.reasoning },
      });
      assert.ok(other && !("echo" in other.message));
    },
  },
  {
    name:
      "what a model's host wants back comes with a step's thread, to the next attempt and after a hand-off",
    async run(fixture) {
      const run = await start(fixture);
      const step = (await plan(fixture, run))(1);
      const first = await claim(fixture, step);
      const row = echoing(first.thread_id, 1);
      const given = async () => {
        const { messages: [turn] } = await claim(fixture, step);
        return turn?.message.role === "assistant" && [turn.message.echo, turn.message.tool_calls];
      };
      await fixture.store.releaseStep(first, progress([row]), null);
      assert.deepEqual(await given(), [row.echo, row.tool_calls]);
      await fixture.lapse(run.run_id);
      assert.deepEqual(await given(), [row.echo, row.tool_calls]);
    },
  },
];
