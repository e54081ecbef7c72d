// A run's stream over as many connections as it takes: every event once, in order, up to the terminal one.
import { createParser } from "eventsource-parser";
import { connectionError } from "./client_error.ts";
import { createAttempts, inTime, type WaitOptions } from "./waiting.ts";

export interface Frame {
  type: "frame";
  /** The event's seq. */
  id: number;
  event: string;
  data: string;
}
export type Piece = Frame | { type: "comment"; text: string };

export interface Source {
  /** The seq of the last event that the reader has; 0 for none. */
  after: number;
  /** A stream that is open already. It may begin anywhere up to `after`. */
  first?: Response;
  /** Opens the stream of the events after `last`. Throws AgentClientError for an error status. */
  open(last: number, signal: AbortSignal): Promise<Response>;
}

/** Throws AgentClientError when the server refuses, or after ten failures without an event between them. */
export async function* resume({ after, first, open }: Source, waiting: WaitOptions): AsyncGenerator<Piece> {
  const attempts = createAttempts(waiting);
  let last = after;
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
          yield piece;
        }
        if (piece.event === "done" || piece.event === "error") return;
      }
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

/** The complete frames and comments of one connection. What a break cut off in the middle is left out. */
async function* piecesOf({ body }: Response, waiting: WaitOptions): AsyncGenerator<Piece> {
  if (!body) return;
  const pieces: Piece[] = [];
  const parser = createParser({
    onEvent: ({ id = "", event = "message", data }) => {
      if (/^[1-9]\d*$/.test(id)) pieces.push({ type: "frame", id: Number(id), event, data });
    },
    onComment: (text) => void pieces.push({ type: "comment", text }),
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), waiting);
      if (done) return;
      parser.feed(decoder.decode(value, { stream: true }));
      yield* pieces.splice(0);
    }
  } finally {
    // Without waiting: a dead connection may never confirm.
    reader.cancel().catch(() => {});
  }
}
