// A run for its caller: as a stream, or as one JSON answer.
import type { Context } from "hono";
import type { Clock } from "../async/clock.ts";
import type { RunEvent } from "../contracts/events.ts";
import type { Log } from "../agents/ports.ts";
import type { Deliveries } from "./deliveries.ts";
import { answerJson } from "./json_answer.ts";
import { isOwnFailure, runAnswer } from "./run_answer.ts";
import { streamEvents } from "./sse.ts";

interface Sent {
  run_id: string;
  stream(reader: AbortSignal): AsyncIterable<RunEvent>;
  whole(reader: AbortSignal): AsyncIterable<RunEvent>;
}

interface Caller {
  user_id: string;
  stream: boolean;
  /** Nothing more is sent. */
  onEnd(): void;
  /** The caller was given the end of the run. */
  onDelivered(): Promise<void>;
}

/** Sends runs, and tells `deliveries` what is on its way. */
export function createRunSender(
  { deliveries, clock, log }: { deliveries: Deliveries; clock: Clock; log: Log },
) {
  return async (context: Context, run: Sent, caller: Caller): Promise<Response> => {
    const { user_id, stream, onEnd, onDelivered } = caller;
    const { signal } = context.req.raw;
    context.header("x-run-id", run.run_id);
    if (stream) return streamEvents(context, run.stream(signal), { clock, log, onEnd, onDelivered });

    const answer = await runAnswer(run.run_id, run.whole(signal)).catch((error) => {
      if (isOwnFailure(error)) onDelivered();
      throw error;
    });
    if (answer.status === "awaiting_approval") return context.json(answer);
    const sending = Promise.withResolvers<void>();
    deliveries.add(user_id, sending.promise.then(onDelivered));
    const onLost = () => sending.reject();
    // The server may take an answer whose reader is known to have gone.
    const onSent = () => signal.aborted ? onLost() : sending.resolve();
    return answerJson(context, answer, { onSent, onLost });
  };
}
