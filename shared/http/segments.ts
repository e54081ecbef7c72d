// A run's events out of several sources, one behind the other.
import { endsSegment, isTerminal, type RunEvent } from "../contracts/events.ts";
import type { Channel } from "./channel.ts";

/**
 * The first events, after `after`, and where they end before a segment of the run does, those that come after. Up to
 * `known` they are told of again: a pause among them is no end any more.
 */
export async function* continued(
  first: AsyncIterable<RunEvent>,
  { after, known }: { after: number; known: number },
  rest: (seq: number) => AsyncIterable<RunEvent>,
): AsyncGenerator<RunEvent> {
  let last = after;
  let ended = false;
  for await (const event of first) {
    yield event;
    if (isTerminal(event)) return;
    last = event.seq;
    ended = endsSegment(event) && event.seq > known;
  }
  if (!ended) yield* rest(last);
}

/** The first events, and then those of a channel, which is closed with the reader's leaving. */
export async function* joined(
  first: AsyncIterable<RunEvent>,
  rest: Channel<RunEvent>,
): AsyncGenerator<RunEvent> {
  try {
    yield* first;
    yield* rest;
  } finally {
    rest.close();
  }
}

/** Those up to that number, and then no more. */
export async function* upTo(seq: number, events: AsyncIterable<RunEvent>): AsyncGenerator<RunEvent> {
  for await (const event of events) {
    if (event.seq <= seq) yield event;
    if (event.seq >= seq) return;
  }
}
