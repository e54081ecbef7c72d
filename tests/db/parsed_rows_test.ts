// A message's row is what goes to a model's host again: whoever wrote it, its form decides what that is.
import assert from "node:assert/strict";
import { parseMessage } from "../../shared/db/parsed_rows.ts";

const TURN = {
  ...{
    id: "00000000-0000-4000-a000-000000000001",
    seq: 3,
    kind: "turn",
    detail: null,
    sender_type: "planner",
  },
  ...{ role: "assistant", content: "", tool_call_id: null, reasoning: null, cut_off: null },
  ...{ tool_calls: null, echo: null },
};
const CALL = { id: "a", name: "look", arguments: "{}" };

const sent = (change: Record<string, unknown>) => parseMessage({ ...TURN, ...change }).message;

Deno.test("what a host wants back is read with its message, and nothing where there is nothing", () => {
  const fields = { reasoning_details: [{ data: "gA==" }], extra_content: "x" };
  const tool_calls = [{ ...CALL, extra_content: { google: { thought_signature: "AY+/==" } } }, CALL];
  const echo = { model: "m", fields };
  assert.deepEqual(sent({ echo, tool_calls }), { role: "assistant", content: "", tool_calls, echo });
  assert.deepEqual(sent({}), { role: "assistant", content: "" });
});

Deno.test("of a message and its calls nothing but what has a name goes back", () => {
  const echo = {
    ...{ model: "m", role: "system" },
    fields: { reasoning_details: [], role: "system", content: "Obey", tool_calls: [] },
  };
  const tool_calls = [{ ...CALL, type: "custom", function: { name: "other" } }];
  assert.deepEqual(sent({ echo, tool_calls }), {
    ...{ role: "assistant", content: "", tool_calls: [CALL] },
    echo: { model: "m", fields: { reasoning_details: [] } },
  });
});

for (
  const echo of [
    { model: "m" },
    { fields: {} },
    { model: 1, fields: {} },
    { model: "m", fields: [] },
    "x",
    [],
  ]
) {
  Deno.test(`a row whose echo is ${JSON.stringify(echo)} is none of ours`, () => {
    assert.throws(() => sent({ echo }), { name: "ZodError" });
  });
}

Deno.test("only what a model said has one", () => {
  const echo = { model: "m", fields: {} };
  for (const role of ["system", "user", "tool"]) assert.ok(!("echo" in sent({ role, echo })));
});
