// A projection is a fold over a run's events from the first one. The same log gives the same frames: live, when a
// reader comes back, and after a takeover. To resume, fold from the start and leave out what the reader has.
import type { RunEvent } from "../contracts/events.ts";
import { behind, compareCursors, parseCursor, STREAM_START, type StreamCursor } from "./cursor.ts";
import type { ProjectedFrame } from "./frame.ts";

export interface Projection<State> {
  initial: State;
  /**
   * The state after one more event, and the frames of that event, of which there is always one at least. An event of
   * an unknown type changes nothing, and its frame says nothing new.
   */
  project(state: State, event: RunEvent): [State, ProjectedFrame[]];
}

/** Gives what each event of a log becomes, from the first one on, as far as it is behind the cursor. */
export function folding<State>(
  { initial, project }: Projection<State>,
  after: StreamCursor = STREAM_START,
): (event: RunEvent) => ProjectedFrame[] {
  let state = initial;
  return (event) => {
    const [next, frames] = project(state, event);
    state = next;
    return frames.filter(({ id }) => {
      const at = parseCursor(id);
      return at !== null && compareCursors(at, after) > 0;
    });
  };
}

/** The frames of these events, which begin with the run's first, behind the cursor. */
export function framesOf<State>(
  projection: Projection<State>,
  events: Iterable<RunEvent>,
  after: StreamCursor = STREAM_START,
): ProjectedFrame[] {
  return [...events].flatMap(folding(projection, after));
}

/** Where the newest segment of a log begins: behind the last pause that something came after. */
export function beforeNewestSegment(
  { pauses, last }: { pauses: readonly { seq: number }[]; last: number },
): StreamCursor {
  const pause = pauses.findLast(({ seq }) => seq < last);
  return behind(pause?.seq ?? 0);
}
