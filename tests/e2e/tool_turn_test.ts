import assert from "node:assert/strict";
import { assertContract, chat, eventsOfType, typesOf } from "../support/stack/calling.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

test("'Show me my books' goes analysis, tool_call, tool_result, text, done", async () => {
  const user = await newUser();
  await user.client.from("books").insert({ title: "Emma" });
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "list_books", arguments: {} }] },
    { when: { contains: "Emma" }, text: "You have one book: Emma." },
  ]);

  const { events, state } = await chat(user, { message: "Show me my books" });

  assertContract(events);
  assert.deepEqual(typesOf(events), ["session", "analysis", "tool_call", "tool_result", "text", "done"]);
  assert.equal(state.strategy, "tool_use");
  assert.deepEqual(state.parts, ["You have one book: Emma."]);
  assert.equal(eventsOfType(events, "tool_result")[0]?.ok, true);
});

test("what a tool found is in its event, as it stands in the call's row, so that a client can show it", async () => {
  const user = await newUser();
  await user.client.from("books").insert({ title: "Emma" });
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "list_books", arguments: {} }] },
    { text: "One." },
  ]);

  const { events, state } = await chat(user, { message: "Show me my books" });

  const [result] = eventsOfType(events, "tool_result");
  assert.match(JSON.stringify(result?.data), /"title":"Emma"/);
  assert.equal(result?.cut, undefined);
  const { data: row } = await user.client.from("agent_tool_calls").select("result").single();
  assert.deepEqual(result?.data, Reflect.get(Object(row?.result), "data"));
  const [shown] = state.shown;
  assert.deepEqual(shown?.type === "calls" && shown.calls[0]?.data, result?.data);
});

test("data of more than 8 kB is left out of the event, which says so and names the row that has it", async () => {
  const user = await newUser();
  // Of two bytes each: by characters it would fit.
  const notes = "ü".repeat(5_000);
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "Emma", notes } }] },
    { text: "Added." },
  ]);

  const { events, state } = await chat(user, { message: "Add Emma" });

  const [result] = eventsOfType(events, "tool_result");
  assert.deepEqual([result?.ok, result?.data, result?.cut], [true, undefined, true]);
  const { data: row } = await user.client.from("agent_tool_calls").select("result")
    .eq("id", result?.tool_call_id ?? "").single();
  assert.ok(JSON.stringify(row?.result).includes(notes));
  const [shown] = state.shown;
  assert.deepEqual(shown?.type === "calls" && [shown.calls[0]?.data, shown.calls[0]?.cut], [null, true]);
});

test("a write by the planner changes the row, and its record says what came back", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    {
      text: "I'll add it.",
      tool_calls: [{ id: "call_w", name: "create_book", arguments: { title: "Ulysses" } }],
    },
    { text: "Added." },
  ]);

  const { events, state } = await chat(user, { message: "Add Ulysses" });

  assert.deepEqual(state.parts, ["I'll add it.", "Added."]);
  assert.deepEqual(eventsOfType(events, "analysis").map((event) => event.strategy), ["simple", "tool_use"]);
  const books = await user.client.from("books").select("id, title");
  assert.deepEqual(books.data?.map((book) => book.title), ["Ulysses"]);
  const calls = await user.client.from("agent_tool_calls").select(
    "id, tool_call_id, tool_name, access, status, result",
  );
  assert.equal(calls.data?.length, 1);
  const receipts = await user.client.from("tool_receipts").select("call_id");
  assert.deepEqual(receipts.data, [{ call_id: calls.data?.[0]?.id }]);
  assert.equal(calls.data?.[0]?.tool_call_id, "call_w");
  assert.equal(calls.data?.[0]?.access, "write");
  assert.equal(calls.data?.[0]?.status, "succeeded");
  assert.match(JSON.stringify(calls.data?.[0]?.result), new RegExp(books.data?.[0]?.id ?? "no book"));
});

test("a tool that does not exist is refused, recorded, and the model goes on", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "drop_tables", arguments: {} }] },
    { when: { contains: "drop_tables" }, text: "I can't do that." },
  ]);

  const { events } = await chat(user, { message: "Delete everything" });

  assert.equal(eventsOfType(events, "tool_result")[0]?.ok, false);
  const calls = await user.client.from("agent_tool_calls").select("tool_name, access, status");
  assert.deepEqual(calls.data, [{ tool_name: "drop_tables", access: null, status: "rejected" }]);
});

test("arguments that are not JSON come back to the model as an error and are never replayed", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    { tool_calls: [{ name: "list_books", arguments: '{"limit": 5' }] },
    { text: "Let me say it in words." },
  ]);

  const { state } = await chat(user, { message: "Show me my books" });

  assert.equal(state.status, "completed");
  const second = JSON.stringify((await script.requests())[1]?.messages);
  assert.ok(!second.includes('{\\"limit\\": 5"'), "the broken arguments went back to the model");
  assert.match(second, /not valid JSON|not JSON/);
});
