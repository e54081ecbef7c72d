// A person undoes what an agent has done: by the client and over HTTP, as the stream says that it can be.
import assert from "node:assert/strict";
import { AgentClientError, createAgentClient } from "../../client/mod.ts";
import { assertContract, callFunction, chat, eventsOfType } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const clientOf = ({ token }: TestUser) => createAgentClient({ ...testStack(), token });

/** A run that adds two books, renames a third and looks at all of them. */
async function worked(user: TestUser) {
  const { data } = await user.client.from("books").insert({ title: "Emma" }).select("id").single();
  const rename = { book_id: data?.id ?? "", updates: { title: "Renamed" } };
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "One" } }] },
    { tool_calls: [{ name: "update_book", arguments: rename }] },
    { tool_calls: [{ name: "update_book", arguments: rename }, { name: "list_books", arguments: {} }] },
    { tool_calls: [{ name: "create_book", arguments: { title: "Two" } }] },
    { text: "Done." },
  ]);
  const { events, state } = await chat(user, { message: "Work" });
  assertContract(events);
  return { run_id: state.run_id, results: eventsOfType(events, "tool_result"), state };
}

const titles = async ({ client }: TestUser) =>
  (await client.from("books").select("title").order("title")).data?.map(({ title }) => title);

test("a result says that its call can be undone where the call has changed something, and not elsewhere", async () => {
  const { results, state } = await worked(await newUser());
  assert.deepEqual(results.map(({ undoable }) => undoable), [true, true, undefined, undefined, true]);
  const calls = state.shown.flatMap((one) => one.type === "calls" ? one.calls : []);
  assert.deepEqual(calls.map(({ undoable }) => undoable), [true, true, false, false, true]);
});

test("the client undoes one call, once, and then what is left of the run", async () => {
  const user = await newUser();
  const { run_id, results } = await worked(user);
  const agent = clientOf(user);
  const [one, renamed, , , two] = results.map(({ tool_call_id }) => tool_call_id);

  assert.deepEqual(await agent.undo(run_id, renamed), { run_id, undone: [renamed], stopped: null });
  assert.deepEqual(await titles(user), ["Emma", "One", "Two"]);
  assert.deepEqual(await agent.undo(run_id, renamed), { run_id, undone: [], stopped: null });

  await user.client.from("books").update({ notes: "mine" }).eq("title", "One");
  const message = "It can't be undone: what it changed has been changed since.";
  const stopped = { tool_call_id: one, reason: "changed_since", message };
  assert.deepEqual(await agent.undo(run_id), { run_id, undone: [two], stopped });
  assert.deepEqual(await titles(user), ["Emma", "One"]);
  await assert.rejects(agent.undo(run_id, one), (error) => {
    assert.ok(error instanceof AgentClientError);
    assert.deepEqual([error.kind, error.status, error.message], ["conflict", 409, message]);
    assert.equal(error.run_id, run_id);
    return true;
  });
  for (const path of [`runs/${run_id}/undo`, `runs/${run_id}/tool-calls/${one}/undo`]) {
    const { error } = await (await callFunction(null, `agent-planner/${path}`)).json();
    assert.deepEqual([error.kind, error.run_id], ["unauthenticated", run_id]);
  }
});

test("nobody undoes another's run or call, or one that is none: they are not found", async () => {
  const [user, other] = [await newUser(), await newUser()];
  const { run_id, results } = await worked(user);
  const call_id = results[0]?.tool_call_id;
  const theirs = await worked(other);
  const paths = [
    `/runs/${run_id}/undo`,
    `/runs/${run_id}/tool-calls/${call_id}/undo`,
    `/runs/${theirs.run_id}/tool-calls/${call_id}/undo`,
    `/runs/${theirs.run_id}/tool-calls/none/undo`,
    `/runs/${crypto.randomUUID()}/undo`,
    "/runs/none/undo",
  ];
  for (const path of paths) {
    const response = await callFunction(other, `agent-planner${path}`);
    assert.deepEqual([response.status, (await response.json()).error.kind], [404, "not_found"], path);
  }
  assert.deepEqual(await titles(user), ["One", "Renamed", "Two"]);
});
