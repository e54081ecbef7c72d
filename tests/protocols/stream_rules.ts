// What stock clients ask of the order of a stream; where it is otherwise, they end it. The deep tests ask the clients'
// own code the same.
import assert from "node:assert/strict";
import { z } from "zod";

const Item = z.looseObject({
  type: z.string(),
  id: z.string().optional(),
  toolCallId: z.string().optional(),
  messageId: z.string().optional(),
  subagentRunId: z.string().optional(),
  finishReason: z.string().optional(),
});

const parsed = (data: readonly string[]) =>
  data.filter((one) => one !== "[DONE]").map((one) => Item.parse(JSON.parse(one)));

/** Adds to a set what may not be in it. */
function open(set: Set<string>, id: string | undefined): void {
  assert.ok(id !== undefined && !set.has(id), `${id} is open already`);
  set.add(id);
}

/** Takes from a set what has to be in it. */
function close(set: Set<string>, id: string | undefined): void {
  assert.ok(id !== undefined && set.delete(id), `${id} is not open`);
}

function has(set: Set<string>, id: string | undefined): void {
  assert.ok(id !== undefined && set.has(id), `${id} is not open`);
}

/** A message of the AI SDK's: texts and tools are opened before they go on, and nothing stands between two segments. */
export function assertAiSdkRules(data: readonly string[]): void {
  const texts = new Set<string>();
  const tools = new Set<string>();
  let running = false;
  for (const { type, id, toolCallId } of parsed(data)) {
    assert.equal(running, type !== "start", type);
    if (type === "start") running = true;
    if (type === "finish" || type === "error") {
      assert.equal(texts.size, 0);
      running = false;
    }
    if (type === "text-start") assert.equal(texts.size, 0);
    if (type === "text-start") open(texts, id);
    if (type === "text-delta") has(texts, id);
    if (type === "text-end") close(texts, id);
    if (type === "reset-step") texts.clear();
    if (type === "tool-input-available") open(tools, toolCallId);
    else if (type.startsWith("tool-")) has(tools, toolCallId);
  }
  assert.equal(running, false);
}

/** Runs of AG-UI's, one behind the other: what is opened in one is closed in it. */
export function assertAgUiRules(data: readonly string[]): void {
  const [texts, calls, subagents, seen] = [
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
    new Set<string>(),
  ];
  let running = false;
  for (const { type, messageId, toolCallId, subagentRunId } of parsed(data)) {
    assert.equal(running, type !== "RUN_STARTED", type);
    if (type === "RUN_STARTED") seen.clear();
    if (type === "RUN_STARTED") running = true;
    if (type === "RUN_FINISHED") assert.deepEqual([texts.size, calls.size, subagents.size], [0, 0, 0]);
    if (type === "RUN_FINISHED" || type === "RUN_ERROR") running = false;
    if (type === "TEXT_MESSAGE_START") open(texts, messageId);
    if (type === "TEXT_MESSAGE_CONTENT") has(texts, messageId);
    if (type === "TEXT_MESSAGE_END") close(texts, messageId);
    if (type === "TOOL_CALL_START") open(calls, toolCallId);
    if (type === "TOOL_CALL_ARGS") has(calls, toolCallId);
    if (type === "TOOL_CALL_END") close(calls, toolCallId);
    if (type === "SUBAGENT_STARTED") open(seen, subagentRunId);
    if (type === "SUBAGENT_STARTED") open(subagents, subagentRunId);
    if (/^SUBAGENT_(FINISHED|ERROR)$/.test(type)) close(subagents, subagentRunId);
  }
  assert.equal(running, false);
}
