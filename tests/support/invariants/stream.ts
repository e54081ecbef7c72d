// I6: what a client got, over however many connections, is the stored log, byte for byte.
import type { Evidence, Violation } from "./evidence.ts";

export function* streamViolations({ events, streamed }: Evidence): Generator<Violation> {
  const found = (problem: string): Violation => ({ invariant: "I6", problem });
  for (const [i, event] of events.entries()) {
    const sent = JSON.stringify(streamed[i]);
    const stored = JSON.stringify(event);
    if (sent === stored) continue;
    yield found(`in place ${i + 1} the client got\n    ${sent ?? "nothing"}\n  and stored is\n    ${stored}`);
    return;
  }
  const extra = streamed[events.length];
  if (extra) yield found(`the client got event ${extra.seq} (${extra.type}), which is not stored`);
}
