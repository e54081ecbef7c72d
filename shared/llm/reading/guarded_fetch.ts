// A fetch that keeps what a host refuses with: the SDK passes on only a part of it, and reads it without a bound.
import type { Refusal } from "../failures/failure_kind.ts";
import { LIMITS } from "../wire/wire_limits.ts";

export interface GuardedFetch {
  fetch: typeof fetch;
  /** What the host refused with. */
  readonly refusal: Refusal | null;
}

/** Wraps `inner` for one request. */
export function guardFetch(inner: typeof fetch): GuardedFetch {
  let refusal: Refusal | null = null;
  return {
    get refusal() {
      return refusal;
    },
    async fetch(input, init) {
      const response = await inner(input, init);
      if (response.ok) return response;
      const { status, statusText, headers } = response;
      const text = await readStart(response);
      refusal = { status, headers, text };
      return new Response(text, { status, statusText, headers });
    },
  };
}

/** The first LIMITS.error_bytes of a body, or what came of it before the connection broke, as text. */
async function readStart(response: Response): Promise<string> {
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
