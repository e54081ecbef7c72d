// The headers of a model's row: they are sent, and are in no log.
import assert from "node:assert/strict";
import { modelRow } from "../../../shared/llm/model_table.ts";
import { answer, DONE, finish, runTurn, stream, text } from "../support.ts";

function withHeaders(extra_headers: Record<string, string>) {
  return { models: { balanced: [modelRow("first", [{ id: "first", extra_headers }])], speed: [] } };
}

Deno.test("a row's headers are sent beside the key", async () => {
  const run = await runTurn([stream(text("Hi."), finish("stop"), DONE)], {
    settings: withHeaders({ "x-title": "chat" }),
  });
  assert.equal(run.requests[0]?.headers.get("x-title"), "chat");
  assert.equal(run.requests[0]?.headers.get("authorization"), "Bearer sk-wire-test");
});

Deno.test("a key in a header of the row's own stands in place of the other", async () => {
  const run = await runTurn([stream(text("Hi."), finish("stop"), DONE)], {
    settings: withHeaders({ "api-key": "of-azure" }),
  });
  assert.equal(run.requests[0]?.headers.get("api-key"), "of-azure");
  assert.equal(run.requests[0]?.headers.get("authorization"), null);
});

Deno.test("what a header says is in no log, also where the host repeats it", async () => {
  const secret = "a-header-that-nobody-reads";
  const run = await runTurn([answer(400, { error: { message: `x-route ${secret} is not known` } })], {
    settings: withHeaders({ "x-route": secret }),
  });
  assert.equal(run.log.length, 1);
  assert.doesNotMatch(JSON.stringify(run.log), new RegExp(secret));
});
