// A run's stream over as many connections as it takes: every event once, in order, up to the terminal one.
import { connectionError } from "./client_error.ts";
import { endsStream } from "./read_events.ts";
import { createFrameParser, type Piece } from "./sse_parser.ts";
import { createAttempts, inTime, type WaitOptions } from "./waiting.ts";

export interface Source {
  /** The seq of the last event that the reader has; 0 for none. */
  after: number;
  /** A stream that is open already. It may begin anywhere up to `after`. */
  first?: Response;
  /** Opens the stream of the events after `last`. Throws AgentClientError for an error status. */
  open(last: number, signal: AbortSignal): Promise<Response>;
  /** Whether the run is over, or waits for a person. Asked when streams end with nothing new and no terminal event. */
  over?(): Promise<boolean>;
}

/**
 * Ends with the terminal event, with the stream behind a pause, or where a run that is over has no more to tell. Throws
 * AgentClientError when the server refuses, or after ten failures without an event between them.
 */
export async function* resume(
  { after, first, open, over }: Source,
  waiting: WaitOptions,
): AsyncGenerator<Piece> {
  const attempts = createAttempts(waiting);
  let last = after;
  let fruitless = 0;
  let is_over = false;
  let paused = false;
  for (let response = first, from = last;; response = undefined) {
    const connection = new AbortController();
    const before = last;
    try {
      const signal = AbortSignal.any([waiting.signal, connection.signal]);
      response ??= await inTime(open(from, signal), waiting);
      for await (const piece of piecesOf(response, waiting)) {
        if (piece.type === "comment") {
          yield piece;
          continue;
        }
        if (piece.id > last + 1) throw connectionError(`Event ${last + 1} is missing from the stream.`);
        if (piece.id === last + 1) {
          last = piece.id;
          attempts.succeeded();
          fruitless = 0;
          is_over = false;
          paused = piece.event === "run_paused";
          yield piece;
        }
        if (endsStream(piece.event)) return;
      }
      // Nobody is told of more until a person decides. Whether a pause that the reader had before has been decided is
      // for `over` to know. What was stored before an end was known has been read since.
      if (paused || is_over) return;
      if (last === before && ++fruitless > 1) is_over = await over?.() ?? false;
      throw connectionError("The stream ended before the run did.");
    } catch (error) {
      await attempts.failed(error);
    } finally {
      connection.abort();
    }
    // A reader who has the terminal event already is sent nothing: ask for the last event again, to see what it is.
    from = last > before ? last : Math.max(0, last - 1);
  }
}

/**
 * The complete frames and comments of one connection. What a break cut off in the middle is left out; an end in the
 * middle of a frame is a break.
 */
async function* piecesOf({ body }: Response, waiting: WaitOptions): AsyncGenerator<Piece> {
  if (!body) return;
  const parse = createFrameParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  let tail = "";
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), waiting);
      if (done && !/(^|\n\n|\r\r|\r\n\r\n)$/.test(tail)) throw connectionError("The stream was cut off.");
      if (done) return;
      const text = decoder.decode(value, { stream: true });
      tail = (tail + text).slice(-4);
      yield* parse(text);
    }
  } finally {
    // Without waiting: a dead connection may never confirm.
    reader.cancel().catch(() => {});
  }
}
