// The routes of other people's protocols, called as their clients call them, and their streams frame by frame.
import assert from "node:assert/strict";
import { EventSourceParserStream } from "eventsource-parser/stream";
import { JsonObject } from "../../../shared/contracts/text.ts";
import { DONE_WORD, type ProjectedFrame } from "../../../shared/protocols/frame.ts";
import { callFunction } from "./calling.ts";

interface Person {
  token: string;
}

interface Sending {
  base?: string;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export const userMessage = (text: string, id = crypto.randomUUID().slice(0, 16)) => ({
  ...{ id, role: "user", parts: [{ type: "text", text }] },
});

/** What `DefaultChatTransport` sends for a chat whose newest message is the last of these. */
export function postAiSdk(
  person: Person | null,
  { id, messages, set, ...more }: { id: string; messages: object[]; set?: string; [key: string]: unknown },
  sending: Sending = {},
): Promise<Response> {
  const path = `agent-planner/ai-sdk${set === undefined ? "" : `?set=${set}`}`;
  return callFunction(person, path, {
    body: { id, messages, trigger: "submit-message", ...more },
    ...sending,
  });
}

/** What `HttpAgent` sends. */
export function postAgUi(
  person: Person | null,
  { threadId, runId, messages, ...more }: {
    threadId: string;
    runId: string;
    messages: object[];
    [key: string]: unknown;
  },
  sending: Sending = {},
): Promise<Response> {
  const body = {
    ...{ threadId, runId, protocolVersion: "1.0", state: {}, messages, tools: [], context: [] },
    ...{ forwardedProps: {}, ...more },
  };
  return callFunction(person, "agent-planner/ag-ui", { body, ...sending });
}

export function getProjected(person: Person | null, path: string, sending: Sending = {}): Promise<Response> {
  return callFunction(person, `agent-planner/${path}`, { method: "GET", ...sending });
}

/** All frames of a stream, as a reader of server-sent events has them. */
export async function framesIn(response: Response): Promise<ProjectedFrame[]> {
  if (response.status !== 200 || response.body === null) {
    throw new Error(`Expected a stream, got ${response.status}: ${await response.text()}`);
  }
  const messages = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(
    new EventSourceParserStream(),
  );
  const frames: ProjectedFrame[] = [];
  for await (const { id = "", event = "", data } of messages) frames.push({ id, event, data });
  return frames;
}

/** What the frames hold, without the word that is no JSON. */
export function itemsOf(frames: readonly ProjectedFrame[]): JsonObject[] {
  return frames.filter(({ data }) => data !== DONE_WORD).map(({ data }) =>
    JsonObject.parse(JSON.parse(data))
  );
}

/** The types in order, each run of equal ones as one. */
export function kindsOf(frames: readonly ProjectedFrame[]): unknown[] {
  return itemsOf(frames).map(({ type }) => type).filter((type, i, all) => type !== all[i - 1]);
}

export function runIdOf(response: Response): string {
  return response.headers.get("x-run-id") ?? assert.fail("the answer names no run");
}

/** What was said, of either protocol. */
export function saidIn(frames: readonly ProjectedFrame[]): string {
  return itemsOf(frames).map(({ type, delta }) =>
    type === "text-delta" || type === "TEXT_MESSAGE_CONTENT" ? String(delta) : ""
  ).join("");
}
