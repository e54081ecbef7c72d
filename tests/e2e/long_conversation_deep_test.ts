// A conversation that outgrows its prompts is remembered in summaries, which nobody waits for.
import assert from "node:assert/strict";
import {
  ANY_FACT,
  ask,
  converse,
  factOf,
  requestsByKind,
  summariesOf,
} from "../support/summaries/long_conversation.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const TURNS = 60;

test("60 turns later the third one is remembered, with its id, in a prompt within its budget", async () => {
  const user = await newUser();
  const conversation = await converse(user, TURNS);
  await using script = conversation.script;

  assert.equal(await ask(user, conversation, "Fact 3: [^.]*\\."), factOf(3));
  const recalled = (await ask(user, conversation, ANY_FACT)).split("\n");

  const told = Array.from({ length: TURNS }, (_, i) => factOf(i + 1)).filter((fact) => fact !== null);
  const summaries = await summariesOf(user);
  const { planner, summaries: asked } = requestsByKind(await script.requests());
  const largest = Math.max(...planner.map(({ tokens }) => tokens));
  const spent = summaries.reduce((sum, one) => sum + one.input_tokens + one.output_tokens, 0);
  console.log(
    `  last prompt ${planner.at(-1)?.tokens}, largest ${largest} of 5000 tokens; facts recalled ` +
      `${recalled.length} of ${told.length}; ${summaries.length} summaries for ${spent} tokens`,
  );
  assert.deepEqual(recalled.toSorted(), told.toSorted());
  assert.ok(largest <= 5_000);
  assert.ok(asked.every(({ tokens }) => tokens <= 6_000));
  assert.deepEqual(summaries.map(({ number }) => number), asked.map((_, i) => i + 1));
  assert.ok(summaries.length >= 3 && summaries.length <= TURNS / 4, "once for every few turns");
  const { data } = await user.client.from("usage_ledger").select("model_calls, output_tokens");
  assert.equal(data?.length, TURNS + 2 + summaries.length, "every call was reserved");
  // Nothing that was said is as long as what is reserved for it.
  assert.ok(
    data?.every((call) => call.model_calls === 1 && (call.output_tokens ?? 0) < 2_000),
    "and settled",
  );
});
