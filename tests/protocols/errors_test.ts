import assert from "node:assert/strict";
import { AgentError, ERROR_STATUS, type ErrorKind, ErrorKindSchema } from "../../shared/contracts/errors.ts";
import { agUiErrorStream } from "../../shared/protocols/ag_ui/ag_ui_error.ts";
import { aiSdkErrorAnswer } from "../../shared/protocols/ai_sdk/ai_sdk_error.ts";

const IDS = { thread_id: "thread-1", run_id: "run-1" };

Deno.test("the AI SDK's clients are answered with one sentence, and with headers for programs", () => {
  const details = { run_id: "r", retry_after: "3", status: "running" };
  const error = new AgentError("conflict", "Another message is being answered.", { details });
  assert.deepEqual(aiSdkErrorAnswer(error, "q"), {
    status: 409,
    headers: {
      ...{ "content-type": "text/plain; charset=utf-8", "x-error-kind": "conflict", "x-request-id": "q" },
      ...{ "retry-after": "3", "x-run-id": "r" },
    },
    body: "Another message is being answered.",
  });
  for (const kind of ErrorKindSchema.options) {
    const { status, body } = aiSdkErrorAnswer(new AgentError(kind, "Why."), "q");
    assert.deepEqual([status, body], [ERROR_STATUS[kind], "Why."]);
  }
});

Deno.test("AG-UI's clients are told as a run that fails, unless the request itself is wrong", () => {
  const stream = agUiErrorStream(new AgentError("rate_limited", "Too much.\n\ndata: {}"), IDS);
  const events = stream?.trimEnd().split("\n\n").map((frame) => JSON.parse(frame.replace(/^data: /, "")));
  assert.deepEqual(events, [
    { type: "RUN_STARTED", threadId: "thread-1", runId: "run-1", protocolVersion: "1.0" },
    { type: "RUN_ERROR", message: "Too much.\n\ndata: {}", code: "rate_limited" },
  ]);
  const as_json = ErrorKindSchema.options.filter((kind: ErrorKind) =>
    agUiErrorStream(new AgentError(kind, "Why."), IDS) === null
  );
  assert.deepEqual(new Set(as_json.map((kind) => ERROR_STATUS[kind])), new Set([400, 401, 403, 405, 413]));
});
