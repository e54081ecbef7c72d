// A fetch that keeps what a host refuses with: the SDK passes on only a part of it, and reads it without a bound.
import type { Refusal } from "../failures/failure_kind.ts";
import { LIMITS } from "../wire/wire_limits.ts";

/** The host has answered, and refused. */
class HostRefused extends Error {
  override readonly name = "HostRefused";

  constructor(readonly refusal: Refusal) {
    super("The host refused the request");
  }
}

/** `inner` for requests of the SDK: rejects where the host refuses. */
export function guardFetch(inner: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await inner(input, init);
    if (response.ok) return response;
    const { status, headers } = response;
    throw new HostRefused({ status, headers, text: await readStart(response) });
  };
}

/** What the host refused with, where the SDK has thrown this for it; else null. */
export function refusalIn(thrown: unknown): Refusal | null {
  const cause = thrown instanceof Error ? thrown.cause : null;
  return cause instanceof HostRefused ? cause.refusal : null;
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
