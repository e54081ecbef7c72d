// What the functions ask of the database says that an agent asks, by the header x-agent; what the person alone may do,
// deciding and undoing, does not.
import assert from "node:assert/strict";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { cancelTurn, decisionOn, lend, openIn, sendDecisions } from "../support/stack/asking.ts";
import { callFunction, chat, readTurn } from "../support/stack/calling.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { newUser } from "../support/stack/stack.ts";
import { startWatchedApi } from "../support/stack/watched_api.ts";
import { test } from "../support/test.ts";

/** What is the person's: what waits for them, deciding it, undoing. */
const PERSONS = ["rpc/open_approvals", "rpc/decide_tool_calls", "rpc/undo_run", "rpc/undo_tool_call"];

test("every request of the functions to the database says that an agent makes it, deciding and undoing excepted", async () => {
  await using api = startWatchedApi();
  await using functions = await functionsWith({}, { auth_and_rest: api.url });
  const { url: base } = functions;
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    { tool_calls: [{ name: "list_books", arguments: {} }] },
    { text: "Added." },
    planTurn([{ step_number: 1 }, { step_number: 2, executor_required: false, tools: ["create_book"] }]),
    submitTurn(1),
    submitTurn(2),
    answerTurn(),
    cancelTurn(loan),
    { text: "Cancelled." },
  ]);
  const ask = async (method: string, path: string) => {
    const answer = await callFunction(user, `agent-planner${path}`, { method, base });
    await answer.text();
    assert.ok(answer.ok, `${method} ${path}: ${answer.status}`);
  };

  const { state } = await chat(user, { message: "Add Emma" }, base);
  await chat(user, { message: "Think", session_id: state.session_id }, base);
  const asked = await chat(user, { message: "Cancel it" }, base);
  await ask("GET", "/approvals");
  const edited = decisionOn(openIn(asked.state)[0], { arguments: { loan_id: loan ?? 0 } });
  const decided = await readTurn(await sendDecisions(user, asked.state.run_id, [edited], { base }));
  assert.equal(decided.state.status, "completed");
  const run = `/runs/${state.run_id}`;
  await ask("GET", "/runs");
  await ask("GET", run);
  await ask("GET", `${run}/events`);
  await ask("POST", `${run}/cancel`);
  await ask("POST", `${run}/resume`);
  await ask("POST", `${run}/undo`);
  const { data: call } = await user.client.from("agent_tool_calls").select("id").eq(
    "tool_name",
    "create_book",
  )
    .single();
  await ask("POST", `${run}/tool-calls/${call?.id}/undo`);

  const paths = new Set(api.seen.map(({ path }) => path));
  for (const path of ["rpc/start_run", "rpc/record_progress", "books", ...PERSONS]) {
    assert.ok(paths.has(path), path);
  }
  for (const { path, headers } of api.seen) {
    assert.equal(headers.has("x-agent"), !PERSONS.includes(path), path);
    if (PERSONS.includes(path)) assert.ok(!headers.has("x-tool-call-id"), path);
  }
});
