import assert from "node:assert/strict";
import { chatRequest } from "../../shared/contracts/request.ts";

const request = chatRequest(["book", "shelf"]);

/** What a body is refused for: field and reason; undefined where it is taken. */
function problem(context: { context_type?: string; entity_id?: string }): string | undefined {
  const parsed = request.safeParse({ message: "Hi", ...context });
  const issue = parsed.error?.issues[0];
  return issue && `${issue.path.join(".")} ${issue.message}`;
}

Deno.test("a context that is left out is told apart from one that is general", () => {
  assert.equal(request.parse({ message: "Hi" }).context_type, undefined);
  assert.equal(request.parse({ message: "Hi", context_type: "general" }).context_type, "general");
});

Deno.test("a text is checked as it is stored: what is empty once it is cleaned is empty", () => {
  const refused = (body: object) => request.safeParse({ message: "Hi", ...body }).error?.issues[0];
  for (const text of ["\u0000", "\u0000\u0007"]) {
    for (
      const body of [{ message: text }, { request_key: text }, { context_type: "book", entity_id: text }]
    ) assert.match(refused(body)?.message ?? "", /^must not be empty/, JSON.stringify(body));
  }
  assert.match(refused({ request_key: "\u0000 " })?.message ?? "", /^must not be empty/);
  const { request_key, entity_id } = request.parse({
    ...{ message: "Hi", request_key: "\u0000k", context_type: "book", entity_id: "4\u0000" },
  });
  assert.deepEqual([request_key, entity_id], ["k", "4"]);
});

Deno.test("general and global are contexts of every domain, and are about no row", () => {
  for (const context_type of ["general", "global"]) {
    for (const contexts of [[], ["book"]]) {
      assert.equal(chatRequest(contexts).parse({ message: "Hi", context_type }).context_type, context_type);
    }
    assert.equal(
      problem({ context_type, entity_id: "1" }),
      `entity_id must be left out where context_type is ${context_type}`,
    );
  }
});

Deno.test("a context of the domain's names a row by an id of any form", () => {
  for (const entity_id of ["1", "r&d", crypto.randomUUID(), "x".repeat(200)]) {
    assert.equal(problem({ context_type: "book", entity_id }), undefined);
  }
  assert.equal(
    problem({ context_type: "book" }),
    "entity_id is required when context_type names a kind of entity",
  );
  assert.match(problem({ context_type: "book", entity_id: "" }) ?? "", /^entity_id must not be empty/);
  assert.match(problem({ context_type: "book", entity_id: "x".repeat(201) }) ?? "", /^entity_id /);
});

Deno.test("a context that the domain does not have is refused with the list of those that it has", () => {
  for (const context of [{ context_type: "planet" }, { context_type: "planet", entity_id: "1" }]) {
    assert.equal(problem(context), "context_type must be one of general, global, book, shelf");
  }
});

Deno.test("an entity without a context is refused by the field that is missing", () => {
  assert.equal(problem({ entity_id: "1" }), "context_type is required beside entity_id");
});

Deno.test("a conversation is named by its own id or by the client's, and not by both", () => {
  assert.equal(request.parse({ message: "Hi", client_id: "chat-1" }).client_id, "chat-1");
  const both = { message: "Hi", client_id: "chat-1", session_id: crypto.randomUUID() };
  const refused = (body: object) => request.safeParse(body).error?.issues[0]?.path;
  assert.deepEqual(refused(both), ["client_id"]);
  for (const client_id of ["", "x".repeat(201), "\u0000chat-1", "chat\n1", "\ud800"]) {
    assert.deepEqual(refused({ message: "Hi", client_id }), ["client_id"]);
  }
});
