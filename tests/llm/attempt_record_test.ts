// What is told of each attempt at a turn, for the record: of the wire's words nothing but how the model was asked.
import assert from "node:assert/strict";
import type { ModelAttempt } from "../../shared/contracts/model.ts";
import { createModel } from "../../shared/llm/create_model.ts";
import { sentParameters } from "../../shared/llm/sending/sent_parameters.ts";
import { toWire } from "../../shared/llm/sending/to_wire.ts";
import { modelRow, type ModelRowOverride } from "../../shared/llm/model_table.ts";
import { startWireServer } from "../support/wire/wire_server.ts";
import { answer, CLOCK, DONE, finish, request, settings, stream, text } from "./support.ts";

const TOOL = { name: "look", description: "Look", parameters: { type: "object" } };

function parameters(row: Omit<ModelRowOverride, "id">, changes: Parameters<typeof request>[0] = {}) {
  return sentParameters(
    toWire(request({ profile: "balanced", ...changes }), modelRow("m", [{ id: "m", ...row }])),
  );
}

Deno.test("of a request's body its parameters are kept, and how many tools it offers", () => {
  assert.deepEqual(parameters({}, { max_output_tokens: 10, tools: [TOOL] }), {
    ...{ temperature: 0.7, max_tokens: 10, tools: 1 },
  });
  assert.deepEqual(
    parameters({
      ...{ temperature: null, token_limit_field: "max_completion_tokens" },
      ...{ think: "reasoning_effort", think_for: ["balanced"], extra_body: { top_p: 0.9 } },
    }, { max_output_tokens: 10, tools: [] }),
    { max_completion_tokens: 10, reasoning_effort: "medium", top_p: 0.9, tools: 0 },
  );
});

Deno.test("what else an operator adds to a body is nobody's to read, nor is what is no setting any more", () => {
  const kept = parameters({
    extra_body: { api_key: "sk-secret", metadata: { team: "x" }, reasoning: { note: "y".repeat(2_000) } },
  });
  assert.deepEqual(Object.keys(kept).toSorted(), ["max_tokens", "temperature", "tools"]);
});

Deno.test("each attempt is told when it has ended, before the turn asks for another or ends", async () => {
  const server = startWireServer([
    answer(429, "{}", { "retry-after": "0" }),
    stream(text("Hi."), finish("stop"), DONE),
  ]);
  const order: string[] = [];
  const attempts: ModelAttempt[] = [];
  const model = createModel({ state: "ready", ...settings(server.url) }, {
    ...{ fetch, clock: CLOCK, random: () => 0, log: { error() {} } },
  });
  const turn = model.streamTurn(request(), {
    signal: new AbortController().signal,
    onAttempt(attempt) {
      attempts.push(attempt);
      order.push(`attempt ${attempt.failure}`);
    },
    again() {
      order.push("again");
      return Promise.resolve(true);
    },
  });
  for await (const event of turn) order.push(event.type);
  await server.close();
  assert.deepEqual(order, ["attempt rate_limited", "again", "text_delta", "attempt null", "finished"]);
  assert.deepEqual(attempts.map((one) => [one.model_answered, one.end_reason, one.first_token_ms === null]), [
    [null, null, true],
    ["served-model", "stop", false],
  ]);
});
