// A run in another protocol's frames, as server-sent events.
import type { Context } from "hono";
import { isTerminal, type RunEvent } from "../../../shared/contracts/events.ts";
import { type Sent, streamSent } from "../../../shared/http/sse.ts";
import type { StreamCursor } from "../../../shared/protocols/cursor.ts";
import { type ProjectedFrame, sseText } from "../../../shared/protocols/frame.ts";
import { folding, type Projection } from "../../../shared/protocols/projection.ts";
import type { Serving } from "./serving.ts";

export interface Projected<State> {
  run_id: string;
  /** From the run's first one on. */
  events: AsyncIterable<RunEvent>;
  projection: Projection<State>;
  /** What the reader has. */
  after: StreamCursor;
  /** The stream goes on behind a pause that somebody has decided, or it ends there. */
  segments: "all" | "one";
}

export interface Reader {
  onEnd(): void;
  onDelivered(): Promise<void>;
}

/** Streams what of the run is behind the cursor. */
export function sendProjected<State>(
  context: Context,
  projected: Projected<State>,
  reader: Reader,
  serving: Serving,
): Response {
  return sendSent(context, { ...projected, sent: sentOf(projected) }, reader, serving);
}

/** Streams what is sent of a run to a reader who is at `after`. */
export function sendSent(
  context: Context,
  { run_id, after: { seq, sub }, sent }: { run_id: string; after: StreamCursor; sent: AsyncIterable<Sent> },
  reader: Reader,
  { clock, log }: Serving,
): Response {
  context.header("x-run-id", run_id);
  // Where a reader goes on that is cut off before its first frame.
  context.header("x-run-after", sub === Infinity ? String(seq) : `${seq}.${sub}`);
  return streamSent(context, sent, { clock, log, ...reader });
}

async function* sentOf<State>(
  { events, projection, after, segments }: Projected<State>,
): AsyncGenerator<Sent> {
  const framesOf = folding(projection, after);
  for await (const event of events) {
    const frames = framesOf(event);
    if (frames.length === 0) continue;
    yield { text: textOf(frames), terminal: isTerminal(event) };
    if (segments === "one" && event.type === "run_paused") return;
  }
}

/** Frames that are there already. */
export async function* sentWhole(frames: readonly ProjectedFrame[]): AsyncGenerator<Sent> {
  yield { text: textOf(frames), terminal: false };
}

function textOf(frames: readonly ProjectedFrame[]): string {
  return frames.map(sseText).join("");
}
