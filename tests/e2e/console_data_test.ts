// What the console's pages ask a project for, asked of the real one, wherever its tables are: every request finds rows.
import assert from "node:assert/strict";
import { runMessages, settledCall, waitingCalls } from "../../console/data/approvals_data.ts";
import {
  answerOfRun,
  lastRun,
  openConversation,
  runStatus,
  sessionRows,
  storedEvents,
  undoneCalls,
} from "../../console/data/chat_data.ts";
import { type ConsoleData, createConsoleData } from "../../console/data/console_data.ts";
import { readChanges, readMessages, readRow, readThread } from "../../console/data/contents.ts";
import { keptSession } from "../../console/data/kept_session.ts";
import { readRuns, readRunsAgain, readWrites } from "../../console/data/runs_data.ts";
import { createSession } from "../../console/data/session.ts";
import { readRun, readTrace } from "../../console/data/trace_data.ts";
import { readDays, readLimits } from "../../console/data/usage_data.ts";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { chat, eventsOfType } from "../support/stack/calling.ts";
import { askedRun, decide, readOn } from "../support/stack/deciding.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

/** As the page has it, for a user who signs in by password. */
async function signedIn(user: TestUser): Promise<{ data: ConsoleData; leave(): Promise<void> }> {
  sessionStorage.clear();
  const tabs = new BroadcastChannel(`console-${user.id}`);
  const session = createSession(keptSession(sessionStorage, sessionStorage), tabs);
  const project = testStack();
  assert.equal(await session.signIn(project, user, "tab"), null);
  return {
    data: createConsoleData(session, user, project),
    async leave() {
      await session.signOut();
      tabs.close();
    },
  };
}

test("the pages of a run with a plan find its row, its trace, its threads and its log", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1 }, { step_number: 2 }]),
    submitTurn(1),
    submitTurn(2),
    answerTurn("Both are done."),
  ]);
  const { events, state } = await chat(user, { message: "Plan it" });
  const { data, leave } = await signedIn(user);
  try {
    const run = await readRun(data, state.run_id) ?? assert.fail("there is no run");
    const { runs } = await readRuns(data, { status: "completed", q: "plan" });
    assert.deepEqual(runs.map(({ id, message }) => [id, message]), [[run.id, "Plan it"]]);
    assert.deepEqual((await readRunsAgain(data, [run.id])).map(({ id }) => id), [run.id]);
    const trace = await readTrace(data, run);
    assert.deepEqual([trace.threads.length, trace.plans.length, trace.steps.length], [3, 1, 2]);
    assert.ok(trace.model_calls.length >= 4 && trace.tool_calls.length >= 3);
    for (const { id } of trace.threads) {
      assert.ok((await readThread(data, id))?.agent);
      assert.ok((await readMessages(data, id, { from: 0, to: 9 })).length > 0);
      assert.ok(await readRow(data, { table: "agent_chat_sessions", key: { id } }));
    }
    const [session] = await sessionRows(data, "active", 0);
    assert.deepEqual(session?.agent_runs, [{ id: run.id, status: "completed" }]);
    const { messages } = await openConversation(data, session?.id ?? "");
    assert.deepEqual(messages.map(({ content }) => content), ["Plan it", "Both are done."]);
    assert.equal((await lastRun(data, session?.id ?? ""))?.id, run.id);
    assert.equal(await runStatus(data, run.id), "completed");
    assert.equal(await answerOfRun(data, run.id), "Both are done.");
    assert.deepEqual((await storedEvents(data, run.id)).map(({ seq }) => seq), events.map(({ seq }) => seq));
    const followed = await Array.fromAsync(data.follow(run.id, 0, new AbortController().signal));
    assert.equal(followed.at(-1)?.type, "done");
    assert.equal((await readDays(data, 1, "UTC")).length, 1);
    assert.ok(await readLimits(data));
  } finally {
    await leave();
  }
});

test("the approvals page finds what waits, what was decided, what it changed and what was taken back", async () => {
  const user = await newUser();
  const { data: loan } = await user.client.from("loans").insert({ borrower: "Ada" }).select("id").single();
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "cancel_loan", arguments: { loan_id: loan?.id ?? 0 } }] },
    { text: "Cancelled." },
  ]);
  const asked = await askedRun(user);
  const { data, leave } = await signedIn(user);
  try {
    const [waiting] = await waitingCalls(data);
    const call_id = waiting?.tool_call_id ?? "";
    assert.equal(waiting?.run_id, asked.run_id);
    assert.deepEqual(await runMessages(data, [asked.run_id]), new Map([[asked.run_id, "Do it"]]));
    await decide(user, asked, {});
    assert.equal(eventsOfType(await readOn(user, asked), "tool_result").length, 1);
    const row_id =
      (await readTrace(data, await readRun(data, asked.run_id) ?? assert.fail())).tool_calls[0]?.id ??
        "";
    assert.equal((await settledCall(data, row_id))?.status, "succeeded");
    assert.deepEqual(await readWrites(data, [asked.run_id]), new Map([[asked.run_id, 1]]));
    assert.deepEqual((await readChanges(data, row_id)).map(({ relation, op }) => [relation, op]), [
      ["public.loans", "delete"],
    ]);
    assert.deepEqual(await undoneCalls(data, [row_id]), []);
    await data.ask((client) => client.undo(asked.run_id, call_id));
    assert.deepEqual(await undoneCalls(data, [row_id]), [row_id]);
  } finally {
    await leave();
  }
});
