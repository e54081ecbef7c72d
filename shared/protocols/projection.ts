// A projection is a fold over a run's events from the first one. The same log gives the same frames: live, when a
// reader comes back, and after a takeover. To resume, fold from the start and leave out what the reader has.
import type { RunEvent } from "../contracts/events.ts";
import { compareCursors, parseCursor, STREAM_START, type StreamCursor } from "./cursor.ts";
import type { ProjectedFrame } from "./frame.ts";

export interface Projection<State> {
  initial: State;
  /**
   * The state after one more event, and the frames of that event, of which there is always one at least. An event of
   * an unknown type changes nothing, and its frame says nothing new.
   */
  project(state: State, event: RunEvent): [State, ProjectedFrame[]];
}

/** The frames of these events, which begin with the run's first, behind the cursor. */
export function* framesOf<State>(
  { initial, project }: Projection<State>,
  events: Iterable<RunEvent>,
  after: StreamCursor = STREAM_START,
): Generator<ProjectedFrame> {
  let state = initial;
  for (const event of events) {
    const [next, frames] = project(state, event);
    state = next;
    for (const frame of frames) {
      const at = parseCursor(frame.id);
      if (at && compareCursors(at, after) > 0) yield frame;
    }
  }
}

/** Where the newest segment of a log begins: behind the last pause that something came after. */
export function beforeNewestSegment(events: readonly RunEvent[]): StreamCursor {
  const pause = events.findLast((event, i) => event.type === "run_paused" && i < events.length - 1);
  return pause ? { seq: pause.seq, sub: Infinity } : STREAM_START;
}
