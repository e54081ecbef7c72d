// What a client is told that has answered some of the calls that wait: the pause once more, with those that are left.
import type { RunEvent } from "../../contracts/events.ts";
import { DONE_WORD, numbered, type ProjectedFrame } from "../frame.ts";
import type { ChunkSet } from "./ai_sdk_chunk.ts";
import { aiSdkProjection, aiSdkStep } from "./ai_sdk_projection.ts";

/**
 * The frames for a log that ends with a pause, as one stream: the client goes on with its message, in the step that it
 * is in, because it sends its answers by itself once all of that step's calls have one. No frame where the log does not
 * end so.
 */
export function stillWaiting(
  events: readonly RunEvent[],
  open: readonly string[],
  set: ChunkSet,
): ProjectedFrame[] {
  const pause = events.at(-1);
  if (pause?.type !== "run_paused") return [];
  let state = aiSdkProjection(set).initial;
  for (const event of events.slice(0, -1)) [state] = aiSdkStep(state, event, set);
  const [, chunks] = aiSdkStep(state, { ...pause, open: [...open] }, set);
  return numbered(pause, [{ type: "start", messageId: pause.run_id }, ...chunks, DONE_WORD]);
}
