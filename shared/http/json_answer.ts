// A JSON answer of which is known that it was sent: `onSent` is called once the connection has taken all of it, and not
// when the reader has gone before.
import type { Context } from "hono";

interface Sending {
  onSent(): void;
  /** The reader has gone first. */
  onLost(): void;
}

/** Answers 200 with `value`. */
export function answerJson(context: Context, value: unknown, { onSent, onLost }: Sending): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  let sent = false;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (!sent) {
        sent = true;
        controller.enqueue(bytes);
      } else {
        onSent();
        controller.close();
      }
    },
    cancel: onLost,
  }, { highWaterMark: 0 });
  context.header("content-type", "application/json");
  // The reader has the whole answer before the stream closes.
  context.header("content-length", String(bytes.byteLength));
  return context.body(body);
}
