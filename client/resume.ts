// A run's stream over as many connections as it takes: every frame once, in order, up to the terminal one.
import type { Sending } from "./authorized.ts";
import { connectionError } from "./client_error.ts";
import { eventBefore, follows, idOf, isWhole } from "./position.ts";
import { parseJson } from "./parse_json.ts";
import { shaped } from "./shapes.ts";
import { createFrameParser, type Piece } from "./sse_parser.ts";
import { inTime, pauseAfter, type WaitOptions } from "./waiting.ts";

export interface Source {
  /** The last frame that the reader has. */
  after: number;
  /** A stream that is open already. It may begin anywhere up to `after`. */
  first?: Response;
  /** Asks for the run's stream, or for the run itself. Throws AgentClientError for an error status. */
  get(what: "/events" | "", init: Sending): Promise<Response>;
}

const hasStatus = shaped<{ status: string }>("status");

/**
 * Ends with the terminal event's last frame, with the stream behind a pause, or where a run that is over has no more to
 * tell. Throws AgentClientError when the server refuses, or after ten failures without a frame between them.
 */
export async function* resume({ after, first, get }: Source, waiting: WaitOptions): AsyncGenerator<Piece> {
  let failures = 0;
  let last = after;
  let fruitless = 0;
  let is_over = false;
  let paused = false;
  for (let response = first, from = last;; response = undefined) {
    const connection = new AbortController();
    const signal = AbortSignal.any([waiting.signal, connection.signal]);
    const before = last;
    let ended = false;
    try {
      response ??= await inTime(
        get("/events", { headers: { "last-event-id": idOf(from) }, signal }),
        waiting,
      );
      for await (const piece of piecesOf(response, waiting)) {
        const { at, event } = piece;
        const whole = isWhole(at) ? event : "";
        const is_known = at <= last;
        if (at > last) {
          if (!follows(at, last)) throw connectionError(`The stream lacks what follows ${idOf(last)}.`);
          last = at;
          failures = fruitless = 0;
          is_over = false;
          paused = whole === "run_paused";
        }
        if (!is_known) yield piece;
        // There are no other types that end it, in later versions either.
        if (whole === "done" || whole === "error") return;
      }
      // Nobody is told of more until a person decides. Whether a pause that the reader had before has been decided is
      // for the run to say. What was stored before an end was known has been read since.
      if (paused || is_over) return;
      ended = true;
      if (last === before && ++fruitless > 1) {
        const run = parseJson(await inTime(get("", { signal }).then((answer) => answer.text()), waiting));
        is_over = hasStatus(run) && run.status !== "running";
      }
      // An answer that says what to ask next has not failed.
      if (last > before || fruitless > 1 && !is_over) {
        throw connectionError("The stream ended before the run did.");
      }
    } catch (error) {
      await pauseAfter(error, ++failures, waiting);
    } finally {
      connection.abort();
    }
    // A reader who has the terminal event already is sent nothing: ask for the last event again, to see what it is. Not
    // where decisions were answered by a stream that broke first: behind what it begins with may be more to tell. Nor
    // after a connection that broke, or that was asked so itself: where few frames come of each, none might be new.
    const told_nothing = ended && last === before && from === last && response !== first;
    from = told_nothing ? eventBefore(last) : last;
  }
}

/** The complete frames and comments of one connection. An end in the middle of a frame is a break. */
async function* piecesOf({ body }: Response, waiting: WaitOptions): AsyncGenerator<Piece> {
  if (!body) return;
  const parse = createFrameParser();
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await inTime(reader.read(), waiting);
      yield* parse(done ? undefined : decoder.decode(value, { stream: true }));
      if (done) return;
    }
  } finally {
    // Without waiting: a dead connection may never confirm.
    reader.cancel().catch(() => {});
  }
}
