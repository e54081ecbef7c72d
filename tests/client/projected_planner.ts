// A planner without a network that serves one log in a protocol of others, over connections that are cut as often as the
// test wants, each in the middle of an `id:` line.
import type { RunEvent } from "../../shared/contracts/events.ts";
import { parseCursor, type StreamCursor } from "../../shared/protocols/cursor.ts";
import { type ProjectedFrame, sseText } from "../../shared/protocols/frame.ts";
import type { Projected } from "../protocols/recording.ts";

export interface ProjectedPlanner {
  fetch: typeof fetch;
  /** The paths that were asked for, with their parameters. */
  asked: string[];
}

/**
 * `every`: so many frames a connection has before it is cut, or the nth has, counted from 0. Of AG-UI a response holds one segment, and the n-th POST
 * starts the n-th; the AI SDK is sent the whole log.
 */
export function projectedPlanner(
  { name, frames }: Projected,
  events: readonly RunEvent[],
  every: number | ((nth: number) => number) = Infinity,
): ProjectedPlanner {
  const asked: string[] = [];
  const pauses = name === "ag_ui" ? events.filter(({ type }) => type === "run_paused") : [];
  let posts = 0;

  /** Behind a place in the log, up to the pause that comes next. */
  function segmentAfter(after: StreamCursor): ProjectedFrame[] {
    const end = pauses.find(({ seq }) => seq > after.seq || seq === after.seq && after.sub < Infinity);
    return frames(events, after).filter(({ id }) => Number.parseInt(id) <= (end?.seq ?? Infinity));
  }

  return {
    asked,
    fetch(input, init) {
      const request = new Request(input, init);
      const { pathname, search } = new URL(request.url);
      asked.push(`${request.method} ${pathname.replace("/functions/v1/agent-planner", "")}${search}`);
      const before = request.method === "POST" && pauses[posts++ - 1]?.seq || 0;
      const after = parseCursor(request.headers.get("last-event-id") ?? String(before));
      if (after === null) throw new TypeError("no cursor");
      const headers = {
        "content-type": "text/event-stream",
        "x-run-id": events[0]?.run_id ?? "",
        ...(before > 0 && { "x-run-after": String(before) }),
      };
      const frames_now = typeof every === "number" ? every : every(asked.length - 1);
      return Promise.resolve(new Response(cutBody(segmentAfter(after), frames_now), { headers }));
    },
  };
}

function cutBody(frames: readonly ProjectedFrame[], every: number): ReadableStream<Uint8Array> {
  const texts = frames.slice(0, every).map((frame) => `: ping\n\n${sseText(frame)}`);
  const next = frames[every];
  if (next) texts.push(sseText(next).replace(/(\nid: .)[^]*$/, "$1"));
  return new ReadableStream({
    pull(controller) {
      const text = texts.shift();
      if (text !== undefined) controller.enqueue(new TextEncoder().encode(text));
      else if (next) controller.error(new TypeError("connection reset"));
      else controller.close();
    },
  });
}
