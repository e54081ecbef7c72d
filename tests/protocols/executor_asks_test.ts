import assert from "node:assert/strict";
import { CALL, executorAsks, newestSegmentOf, RUN_ID, uuid } from "./log_of.ts";
import { PROJECTIONS } from "./recording.ts";

const EVENTS = executorAsks();

/** What an event became, without what every frame of the protocol has. */
function framesAt(name: string, seq: number): Record<string, unknown>[] {
  const frames = PROJECTIONS.find((one) => one.name === name)?.frames(EVENTS) ?? [];
  const own = frames.filter(({ id, data }) => Number.parseInt(id) === seq && data !== "[DONE]");
  return own.map(({ data }) => JSON.parse(data));
}

const typesAt = (name: string, seq: number) => framesAt(name, seq).map(({ type }) => type);

Deno.test("an executor's call is no tool part before it asks, and then it is one with its request", () => {
  assert.deepEqual(typesAt("ai_sdk_6", 5), ["data-agent"]);
  assert.deepEqual(typesAt("ai_sdk_6", 6), [
    "tool-input-available",
    "data-approval",
    "tool-approval-request",
  ]);
  assert.deepEqual(typesAt("ai_sdk_5", 6), ["tool-input-available", "data-approval"]);
  assert.deepEqual(typesAt("ai_sdk_6", 10), ["data-agent"], "what was refused stays so");
});

Deno.test("whatever comes first behind a pause goes on with the same message, which runs again", () => {
  assert.deepEqual(typesAt("ai_sdk_6", 7), ["data-run", "finish-step", "finish"]);
  const [start, step, run, agent] = framesAt("ai_sdk_6", 8);
  assert.deepEqual([start, step], [{ type: "start", messageId: RUN_ID }, { type: "start-step" }]);
  assert.partialDeepStrictEqual(run, { type: "data-run", data: { status: "running" } });
  assert.partialDeepStrictEqual(agent, {
    type: "data-agent",
    id: `${RUN_ID}:1.1`,
    data: { status: "running" },
  });
});

Deno.test("a refusal closes the approval; where the client has no word for it, it is an error that says why", () => {
  const [closed, denied] = framesAt("ai_sdk_6", 9);
  assert.partialDeepStrictEqual(closed, { type: "data-approval", id: CALL });
  assert.partialDeepStrictEqual(closed?.data, { open: false, decision: { approved: false, by: "expired" } });
  assert.deepEqual(denied, { type: "tool-output-denied", toolCallId: CALL });
  assert.partialDeepStrictEqual(framesAt("ai_sdk_5", 9)[1], {
    ...{ type: "tool-output-error", errorText: "Nobody approved this in time, so it was not done." },
  });
});

Deno.test("a run that fails ends with its error, and with no frame of the protocol's behind it", () => {
  assert.deepEqual(typesAt("ai_sdk_6", 12), ["data-run", "message-metadata", "error"]);
  assert.deepEqual(framesAt("ai_sdk_6", 12)[1]?.messageMetadata, { message_id: uuid(9), status: "failed" });
  assert.equal(framesAt("ai_sdk_6", 12)[2]?.errorText, "It took too long.");
});

Deno.test("a pause ends AG-UI's run with an interrupt that says what is asked, and suspends who asks", () => {
  const subagentRunId = `${RUN_ID}:1.1`;
  const [suspended, finished] = framesAt("ag_ui", 7);
  assert.partialDeepStrictEqual(suspended, {
    ...{ type: "SUBAGENT_FINISHED", subagentRunId, outcome: { type: "suspended" } },
  });
  assert.partialDeepStrictEqual(finished, {
    ...{ type: "RUN_FINISHED", threadId: "chat-1", runId: "run-1" },
    outcome: {
      type: "interrupt",
      interrupts: [{
        ...{ id: CALL, reason: "tool_call", toolCallId: CALL, expiresAt: "2026-11-27T03:00:00.000+00:00" },
        message: "Get borrower? It reads about people.",
        responseSchema: { required: ["approved"] },
        metadata: { preview: { arguments: { id: 3 }, effects: null } },
      }],
    },
  });
});

Deno.test("AG-UI's next segment begins a run, starts the same executor again, and shows the plan whole first", () => {
  assert.deepEqual(typesAt("ag_ui", 3), ["ACTIVITY_DELTA"]);
  assert.deepEqual(typesAt("ag_ui", 8), ["RUN_STARTED", "SUBAGENT_STARTED"]);
  assert.deepEqual(typesAt("ag_ui", 9), ["CUSTOM"]);
  const [result] = framesAt("ag_ui", 10);
  assert.partialDeepStrictEqual(result, {
    ...{ type: "TOOL_CALL_RESULT", toolCallId: CALL, content: "Not done.", subagentRunId: `${RUN_ID}:1.1` },
  });
  const [plan] = framesAt("ag_ui", 11);
  assert.partialDeepStrictEqual(plan, {
    ...{ type: "ACTIVITY_SNAPSHOT", messageId: `${RUN_ID}:plan`, replace: true },
    content: {
      goal: "Know it",
      steps: [{ step_number: 1, state: "failed", summary: "It was not allowed." }],
    },
  });
  assert.deepEqual(typesAt("ag_ui", 12), ["SUBAGENT_ERROR", "RUN_ERROR"]);
  const [newest] =
    PROJECTIONS.find(({ name }) => name === "ag_ui")?.frames(EVENTS, newestSegmentOf(EVENTS)) ?? [];
  assert.equal(newest?.id, "8.1");
});

Deno.test("a run that has read text from outside says so from then on", () => {
  const events = EVENTS.slice(0, 2).map((event, i) => i === 1 ? { ...event, tainted: true as const } : event);
  const [frames] = PROJECTIONS.filter(({ name }) => name === "ai_sdk_6").map((one) =>
    one.frames([...events, ...EVENTS.slice(2)])
  );
  const runs = frames?.flatMap(({ data }) => data.startsWith('{"type":"data-run"') ? [JSON.parse(data)] : []);
  assert.ok(runs && runs.length > 0);
  assert.ok(runs.every(({ data }) => data.tainted === true));
});
