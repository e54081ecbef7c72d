// A UI message stream as an answer: of a run as it goes on, or of frames that are there.
import type { Context } from "hono";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import type { ChunkSet } from "../../../shared/protocols/ai_sdk/ai_sdk_chunk.ts";
import { aiSdkProjection } from "../../../shared/protocols/ai_sdk/ai_sdk_projection.ts";
import type { StreamCursor } from "../../../shared/protocols/cursor.ts";
import type { ProjectedFrame } from "../../../shared/protocols/frame.ts";
import { type Reader, sendProjected, sendSent, sentWhole } from "./send_projected.ts";
import type { Serving } from "./serving.ts";

/** A full replay may go over pauses: the client goes on with the same message. */
export function sendAiSdk(
  context: Context,
  { run_id, events, set, after }: {
    run_id: string;
    /** From the run's first one on. */
    events: AsyncIterable<RunEvent>;
    set: ChunkSet;
    after: StreamCursor;
  },
  reader: Reader,
  serving: Serving,
): Response {
  marked(context);
  const projection = aiSdkProjection(set);
  return sendProjected(context, { run_id, events, projection, after, segments: "all" }, reader, serving);
}

export function sendAiSdkFrames(
  context: Context,
  { run_id, frames, after }: { run_id: string; frames: readonly ProjectedFrame[]; after: StreamCursor },
  reader: Reader,
  serving: Serving,
): Response {
  marked(context);
  return sendSent(context, { run_id, after, sent: sentWhole(frames) }, reader, serving);
}

function marked(context: Context): void {
  context.header("x-vercel-ai-ui-message-stream", "v1");
}
