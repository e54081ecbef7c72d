// The client against the real stack, where a person has to be asked.
import assert from "node:assert/strict";
import { AgentClientError, initialRunState, reduceRun, resumableFetch } from "../../client/mod.ts";
import { createClient } from "@supabase/supabase-js";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, decisionOn, lend, openIn } from "../support/stack/asking.ts";
import { clientOf } from "../support/stack/reading.ts";
import { newUser, testStack } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("a front end reads to the pause, decides, and reads on: each event once, a second pause like the first", async () => {
  const user = await newUser();
  const loans = await lend(user, "Ann", "Bob");
  await using _ = await scriptModel(user.id, [...loans.map((loan) => cancelTurn(loan)), { text: "Done." }]);
  let run = await clientOf(user, testStack().url).startRun({ message: "Cancel them" });
  let state = initialRunState(run.run_id);
  const seqs: number[] = [];
  let pauses = 0;
  for (;;) {
    for await (const event of run.events()) {
      seqs.push(event.seq);
      state = reduceRun(state, event);
    }
    if (state.status !== "awaiting_approval") break;
    pauses++;
    run = await run.decide(openIn(state).map((approval) => decisionOn(approval, { approved: pauses === 1 })));
  }
  assert.deepEqual([pauses, state.status, state.parts.at(-1)], [2, "completed", "Done."]);
  assert.deepEqual(seqs, seqs.map((_, i) => i + 1));
  assert.deepEqual(state.approvals.map(({ decision }) => decision?.approved), [true, false]);
  assert.deepEqual(await borrowers(user), ["Bob"]);
});

test("another device sees what waits, and decides it with an edit; run answers with both", async () => {
  const user = await newUser();
  const [ann, bob] = await lend(user, "Ann", "Bob");
  await using _ = await scriptModel(user.id, [cancelTurn(ann), { text: "Done." }]);
  const agent = clientOf(user, testStack().url);
  const waiting = await agent.run({ message: "Cancel it" });
  assert.deepEqual([waiting.status, waiting.approvals.length], ["awaiting_approval", 1]);

  const device = clientOf(user, testStack().url);
  const [open] = await device.approvals();
  assert.deepEqual([open?.run_id, open?.tool_call_id], [
    waiting.run_id,
    waiting.approvals[0]?.tool_call_id,
  ]);
  const unfit = await device.decide(waiting.run_id, [
    { ...decisionOn(open), arguments: { loan_id: "none" } },
  ]).then(() => null, (error: unknown) => error);
  assert.ok(unfit instanceof AgentClientError);
  assert.deepEqual([unfit.kind, unfit.field], ["bad_request", "decisions.0.arguments.loan_id"]);
  const run = await device.decide(waiting.run_id, [{
    ...decisionOn(open),
    arguments: { loan_id: String(bob) },
  }]);
  const types = (await Array.fromAsync(run.events())).map(({ type }) => type);
  assert.deepEqual([types[0], types.at(-1)], ["session", "done"], "from the first event, for it had none");
  assert.deepEqual(await borrowers(user), ["Ann"]);
  assert.deepEqual(await agent.approvals(), []);
  const row = (await agent.getRun(waiting.run_id)).tool_calls[0];
  assert.deepEqual([row?.arguments, row?.proposed_arguments], [{ loan_id: bob }, { loan_id: ann }]);
});

test("supabase-js with resumableFetch reads to the pause, and a decision's stream to the end", async () => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan), { text: "Done." }]);
  const { url, publishable_key } = testStack();
  const supabase = createClient(url, publishable_key, {
    global: { fetch: resumableFetch(fetch) },
    accessToken: () => Promise.resolve(user.token),
  });
  const { data } = await supabase.functions.invoke("agent-planner", { body: { message: "Cancel it" } });
  const text: string = await data.text();
  assert.match(text, /event: run_paused\n.*\nid: \d+\n\n$/);
  const [open] = await clientOf(user, url).approvals();
  const path = `agent-planner/runs/${open?.run_id}/decisions`;
  const decided = await supabase.functions.invoke(path, { body: { decisions: [decisionOn(open)] } });
  assert.match(await decided.data.text(), /^event: approval_decided\n[^]*event: done\n/);
});
