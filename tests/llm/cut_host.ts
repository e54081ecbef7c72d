// The turns of a script, played without a network and in small pieces.
import type { WireTurn } from "../support/wire/wire_server.ts";

/** Larger bodies would take too long in small pieces. */
const LARGEST = 30_000;

/** A host that answers with these turns, so many bytes at once; null where one of them is more than bytes. */
export function cutHost(turns: readonly WireTurn[], bytes_at_once: number): typeof fetch | null {
  const bodies: Uint8Array<ArrayBuffer>[] = [];
  for (const turn of turns) {
    const parts: (string | Uint8Array<ArrayBuffer>)[] = [];
    for (const step of turn.body) {
      if ("send" in step) parts.push(typeof step.send === "string" ? step.send : new Uint8Array(step.send));
      else if ("send_bytewise" in step) parts.push(step.send_bytewise);
      else return null;
    }
    if (turn.stall) return null;
    const bytes = parts.map((part) => typeof part === "string" ? new TextEncoder().encode(part) : part);
    bodies.push(new Uint8Array(bytes.flatMap((part) => [...part])));
  }
  if (bodies.some(({ length }) => length > LARGEST)) return null;

  let request = 0;
  return () => {
    const { status, headers } = turns[request] ?? {};
    const body = bodies[request] ?? new Uint8Array();
    request += 1;
    const pieces = Array.from(
      { length: Math.ceil(body.length / bytes_at_once) },
      (_, at) => body.subarray(at * bytes_at_once, (at + 1) * bytes_at_once),
    );
    return Promise.resolve(
      new Response(status === 204 ? null : ReadableStream.from(pieces), {
        status,
        headers: { "content-type": "text/event-stream", ...headers },
      }),
    );
  };
}
