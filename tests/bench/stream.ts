// The frames of an SSE stream, each with the moment at which it was there to be read.
import { EventSourceParserStream } from "eventsource-parser/stream";

export interface Frame {
  /** Milliseconds on the clock of `performance`. */
  at: number;
  data: string;
}

/** Reads to the end. Errors: an answer that is no stream. */
export async function* frames(response: Response): AsyncGenerator<Frame> {
  if (response.status !== 200 || response.body === null) {
    throw new Error(`Expected a stream, got ${response.status}: ${await response.text()}`);
  }
  const stream = response.body.pipeThrough(new TextDecoderStream()).pipeThrough(
    new EventSourceParserStream(),
  );
  for await (const { data } of stream) yield { at: performance.now(), data };
}
