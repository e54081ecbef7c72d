// A fetch whose answers can't fill the memory, and that knows how the body ended. The SDK reads bodies
// without a bound, and reports half a frame at the end as it reports a broken one.
import type { Refusal } from "./failure_kind.ts";
import { LIMITS } from "./wire_limits.ts";

/** A body went on without a complete frame, or an error page without an end. */
export class BodyTooLargeError extends Error {
  override readonly name = "BodyTooLargeError";
}

export interface GuardedFetch {
  fetch: typeof fetch;
  /** `ended`: the body was read to its end. `broken`: the connection broke before that. */
  readonly body: "open" | "ended" | "broken";
  /** What the host refused with; the SDK passes on only a part of it. */
  readonly refusal: Refusal | null;
  /** Tells that a complete frame has come, which starts the count of bytes anew. */
  frame(): void;
}

/** Wraps `inner` for one request. */
export function guardFetch(inner: typeof fetch): GuardedFetch {
  let state: GuardedFetch["body"] = "open";
  let refusal: Refusal | null = null;
  let unframed = 0;

  function guarded(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
    const reader = body.getReader();
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { value, done } = await reader.read().catch((thrown) => {
          state = "broken";
          throw thrown;
        });
        if (done) {
          state = "ended";
          controller.close();
          return;
        }
        unframed += value.byteLength;
        if (unframed > LIMITS.frame_bytes) {
          controller.error(new BodyTooLargeError(`${unframed} bytes came without a complete frame`));
          await reader.cancel();
          return;
        }
        controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    }, { highWaterMark: 0 });
  }

  return {
    get body() {
      return state;
    },
    get refusal() {
      return refusal;
    },
    frame() {
      unframed = 0;
    },
    async fetch(input, init) {
      const response = await inner(input, init);
      const { status, statusText, headers } = response;
      if (!response.ok) {
        const text = await readStart(response);
        refusal = { status, headers, text };
        return new Response(text, { status, statusText, headers });
      }
      if (!response.body) return response;
      return new Response(guarded(response.body), { status, statusText, headers });
    },
  };
}

/** The first LIMITS.error_bytes of a body, or what came of it before the connection broke, as text. */
export async function readStart(response: Response): Promise<string> {
  if (!response.body) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  try {
    for (let bytes = 0; bytes < LIMITS.error_bytes;) {
      const { value, done } = await reader.read();
      if (done) break;
      bytes += value.byteLength;
      text += decoder.decode(value, { stream: true });
    }
    await reader.cancel();
  } catch {
    // The status says enough without the rest.
  }
  return text.slice(0, LIMITS.error_bytes);
}
