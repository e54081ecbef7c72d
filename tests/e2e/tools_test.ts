// What clients are told of the tools: in a list of all of them, and with each call.
import assert from "node:assert/strict";
import { z } from "zod";
import { scriptModel } from "../support/models/script.ts";
import { callFunction, chat, eventsOfType } from "../support/stack/calling.ts";
import { newUser } from "../support/stack/stack.ts";
import { TOOL_NAMES } from "../support/domain/test_domain.ts";
import { test } from "../support/test.ts";

const Tools = z.strictObject({
  tools: z.array(z.strictObject({
    name: z.string(),
    title: z.string().min(1),
    category: z.enum(["list", "detail", "action"]),
    access: z.enum(["read", "write"]),
    description: z.string().min(1),
    parameters: z.looseObject({
      type: z.literal("object"),
      properties: z.record(z.string(), z.looseObject({})),
    }),
  })),
});

test("whoever is signed in gets every tool, with words for people and the schema of its arguments", async () => {
  const response = await callFunction(await newUser(), "agent-planner/tools", { method: "GET" });
  assert.equal(response.status, 200);
  const { tools } = Tools.parse(await response.json());
  assert.deepEqual(tools.map(({ name }) => name), TOOL_NAMES);
  const [create] = tools.filter(({ name }) => name === "create_book");
  assert.deepEqual([create?.title, create?.access], ["Create book", "write"]);
  assert.ok(create && "title" in create.parameters.properties);
});

test("nobody else does, and nothing else is asked", async () => {
  const stranger = { ...await newUser(), token: "nobody's" };
  const user = await newUser();
  for (
    const [who, path, method, status] of [
      [stranger, "agent-planner/tools", "GET", 401],
      [user, "agent-planner/tools?name=look", "GET", 400],
      [user, "agent-planner/tools", "POST", 405],
    ] as const
  ) {
    const body = method === "POST" ? { body: {} } : { method };
    const response = await callFunction(who, path, body);
    await response.body?.cancel();
    assert.equal(response.status, status, `${method} ${path}`);
  }
});

test("a call's event has the title and the access of its tool, and neither where there is no such tool", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "list_books", arguments: {} }, { name: "fly", arguments: {} }] },
    { tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    { text: "Done." },
  ]);
  const { events } = await chat(user, { message: "Please" });
  assert.deepEqual(
    eventsOfType(events, "tool_call").map(({ name, title, access }) => [name, title, access]),
    [["list_books", "List books", "read"], ["fly", undefined, undefined], [
      "create_book",
      "Create book",
      "write",
    ]],
  );
});
