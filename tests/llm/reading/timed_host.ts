// A host that takes its time, on a clock that the test moves: a minute of waiting passes at once.
import { collect, type TurnOptions, type TurnRun } from "../support.ts";
import { manualClock } from "./manual_clock.ts";

export type TimedStep =
  /** Bytes of the body, so many milliseconds after the request. */
  | { at_ms: number; send: string }
  /** The same text again and again, from a time to another one. */
  | { from_ms: number; to_ms: number; every_ms: number; repeat: string }
  | { at_ms: number; end: true };

export interface TimedHost {
  /** When the headers come. */
  headers_ms?: number;
  content_type?: string;
  steps: TimedStep[];
}

const TIMEOUTS = { first_frame_ms: 30_000, idle_ms: 20_000, overall_ms: 90_000 };
const STEP_MS = 500;
const LIMIT_MS = 200_000;

/** Runs one turn against the host; `took_ms` is when its terminal event came. Errors: a turn that hangs. */
export async function timedTurn(
  { headers_ms = 0, content_type = "text/event-stream", steps }: TimedHost,
  options: TurnOptions = {},
): Promise<Omit<TurnRun, "requests"> & { took_ms: number }> {
  const clock = manualClock();
  const encoder = new TextEncoder();
  const host: typeof fetch = () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        const send = (text: string) => controller.enqueue(encoder.encode(text));
        for (const step of steps) {
          if ("end" in step) clock.after(step.at_ms, () => controller.close());
          else if ("send" in step) clock.after(step.at_ms, () => send(step.send));
          else {
            for (let at = step.from_ms; at < step.to_ms; at += step.every_ms) {
              clock.after(at, () => send(step.repeat));
            }
          }
        }
      },
    });
    const response = new Response(body, { headers: { "content-type": content_type } });
    return new Promise((resolve) => clock.after(headers_ms, () => resolve(response)));
  };
  let took_ms: number | null = null;
  const running = collect("http://host/v1", {
    clock,
    fetch: host,
    ...options,
    settings: { timeouts: TIMEOUTS, ...options.settings },
  }).finally(() => void (took_ms = clock.now()));
  // The headers and the first bytes may come at once.
  for (const _ of ["headers", "bytes"]) {
    await everythingSettled();
    clock.pass(0);
  }
  while (took_ms === null && clock.now() < LIMIT_MS) {
    await everythingSettled();
    if (took_ms === null) clock.pass(STEP_MS);
  }
  if (took_ms === null) throw new Error(`The turn still ran after ${LIMIT_MS} ms.`);
  return { ...await running, took_ms };
}

/** What was waiting for something that has come has run. */
function everythingSettled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
