// A frame of a projected stream. Of the n frames of event `seq`, frame k < n has the id `<seq>.<k>`, and the last has
// `<seq>`, so that a reader sees a gap, and goes on behind the last frame that it has.
import type { ReadEvent } from "../contracts/read_event.ts";
import type { Json } from "../contracts/text.ts";

export interface ProjectedFrame {
  id: string;
  /** The type of the native event, whatever the protocol makes of it: a reader tells from it where the stream ends. */
  event: string;
  /** One line: a JSON value, or a word of the protocol's. */
  data: string;
}

/** A word of the protocol's that is no JSON. */
export const DONE_WORD = "[DONE]";

/** What one event became, as frames with their ids. */
export function numbered(
  { seq, type }: Pick<ReadEvent, "seq"> & { type: string },
  values: readonly (Json | object)[],
): ProjectedFrame[] {
  return values.map((value, i) => ({
    id: i === values.length - 1 ? String(seq) : `${seq}.${i + 1}`,
    event: type,
    data: value === DONE_WORD ? DONE_WORD : JSON.stringify(value),
  }));
}

/** The frame as server-sent events have it. JSON has no line breaks of its own. */
export function sseText({ id, event, data }: ProjectedFrame): string {
  return `event: ${event}\ndata: ${data}\nid: ${id}\n\n`;
}
