// Sends a reply at a given pace. Every request keeps its own time, so concurrent ones do not slow each other.
import type { Pace, Reply } from "./reply.ts";
import type { WireUsage } from "./usage.ts";
import { deltaFrame, deltas, endFrames, type ReplyHead } from "./wire.ts";

/** The SSE body of a reply. It ends early, without a word, when the reader goes away. */
export function replyStream(
  head: ReplyHead,
  reply: Reply,
  usage: WireUsage,
  pace: Pace,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  const gone = new AbortController();
  const frames = pacedFrames(head, reply, usage, pace, gone.signal);
  return new ReadableStream({
    async pull(controller) {
      const next = await frames.next();
      if (next.done) controller.close();
      else controller.enqueue(encoder.encode(next.value));
    },
    cancel: () => gone.abort(),
  });
}

async function* pacedFrames(
  head: ReplyHead,
  reply: Reply,
  usage: WireUsage,
  pace: Pace,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const started = performance.now();
  const pieces = deltas(reply);
  yield deltaFrame(head, reply, { role: "assistant", content: "" }, null);
  for (const [index, delta] of pieces.entries()) {
    await until(started + dueAfter(pace, index), signal);
    if (signal.aborted) return;
    yield deltaFrame(head, reply, delta, null);
  }
  await until(started + dueAfter(pace, pieces.length), signal);
  yield deltaFrame(head, reply, {}, reply.finish_reason);
  yield endFrames(head, reply, usage);
}

/** Waits as long as the whole reply takes to stream. */
export async function waitForReply(reply: Reply, pace: Pace): Promise<void> {
  await until(performance.now() + dueAfter(pace, deltas(reply).length), new AbortController().signal);
}

/** Milliseconds from the request until the token with this index is due. */
function dueAfter(pace: Pace, index: number): number {
  return pace.first_token_ms + (pace.tokens_per_second === 0 ? 0 : (index * 1000) / pace.tokens_per_second);
}

/** Due times count from the start of the reply, so that late timers do not add up. */
function until(due: number, signal: AbortSignal): Promise<void> {
  const ms = due - performance.now();
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    };
    const timer = setTimeout(finish, ms);
    signal.addEventListener("abort", finish, { once: true });
  });
}
