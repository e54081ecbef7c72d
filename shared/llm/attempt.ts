// One request to one model, from the wire to an outcome. It never throws, and it tells the caller what went
// wrong; whether to try again is the caller's business.
import OpenAI from "openai";
import type { Clock } from "../async/clock.ts";
import { NO_USAGE } from "../contracts/usage.ts";
import type { Usage } from "../contracts/usage.ts";
import type { ModelRequest } from "../contracts/model.ts";
import { createAccumulator } from "./accumulator.ts";
import type { Accumulator, Outcome } from "./accumulator.ts";
import type { CallIds } from "./call_ids.ts";
import type { ModelSettings } from "./config.ts";
import { faultOfBody, faultOfError, faultOfRefusal, faultOfText } from "./failure_kind.ts";
import type { Fault } from "./failure_kind.ts";
import type { StreamEnd } from "./finish_reason.ts";
import { BodyTooLargeError, guardFetch, readStart } from "./guarded_fetch.ts";
import type { GuardedFetch } from "./guarded_fetch.ts";
import { LIMITS } from "./wire_limits.ts";
import type { ModelRow } from "./model_table.ts";
import { estimateSentTokens, estimateTextTokens } from "./tokens.ts";
import { toWire } from "./to_wire.ts";
import { settleUsage } from "./wire_usage.ts";
import type { Delta } from "./turn_text.ts";
import { createWatchdog } from "./watchdog.ts";
import type { Watchdog } from "./watchdog.ts";

export interface Attempt {
  request: ModelRequest;
  row: ModelRow;
  settings: ModelSettings;
  signal: AbortSignal;
  /** Milliseconds since the epoch. */
  deadline_at: number;
  fetch: typeof fetch;
  clock: Clock;
  ids: CallIds;
}

/** Each with the model that answered, or was asked where none answered. */
export type AttemptEnd =
  & { model: string; usage: Usage }
  & (
    | Extract<Outcome, { type: "finished" }>
    | { type: "aborted" }
    | { type: "failed"; fault: Fault; generation_id: string | null; emitted: "nothing" | "something" }
  );

const TIMEOUT_DETAIL = {
  silence: "the host sent no data frame in time",
  deadline: "the call's deadline has passed",
};

/** Runs the attempt: yields what the model writes, returns how it ended. */
export async function* streamAttempt(attempt: Attempt): AsyncGenerator<Delta, AttemptEnd> {
  const { row, settings, signal, deadline_at, clock } = attempt;
  const accumulator = createAccumulator();
  const guard = guardFetch(attempt.fetch);
  const controller = new AbortController();
  const watchdog = createWatchdog({
    clock,
    signal,
    deadline_at,
    first_ms: settings.timeouts.first_frame_ms,
    onStop: () => controller.abort(),
  });
  let how: StreamEnd = "stopped";
  let fault: Fault | null = null;
  let generation_id: string | null = null;
  try {
    const opened = await watchdog.wait(open(attempt, guard, controller.signal));
    if (opened.state === "came") {
      const { data: stream, response } = opened.value;
      generation_id = response.headers.get("x-generation-id");
      const content_type = response.headers.get("content-type") ?? "";
      if (content_type.toLowerCase().startsWith("text/event-stream")) {
        how = yield* readFrames(stream, { accumulator, guard, watchdog, settings });
        if (accumulator.seen.fault?.type === "error_frame") fault = faultOfBody(accumulator.seen.fault.frame);
      } else {
        const text = await watchdog.wait(readStart(response));
        fault = text.state === "came" ? faultOfText(content_type, text.value) : null;
      }
    }
  } catch (thrown) {
    fault = faultOfThrown(thrown, guard, accumulator, clock);
  } finally {
    watchdog.close();
    controller.abort();
  }

  const { emitted } = accumulator.seen;
  const base = { model: accumulator.seen.model ?? row.id, usage: usageOf(accumulator, attempt, watchdog) };
  if (watchdog.stopped === "aborted") return { ...base, type: "aborted" };
  if (watchdog.stopped !== null && accumulator.seen.finish_reason === null) {
    fault = { kind: "timeout", detail: TIMEOUT_DETAIL[watchdog.stopped] };
  }
  if (fault !== null) return { ...base, type: "failed", fault, generation_id, emitted };
  const { deltas, outcome } = accumulator.end(how, attempt.ids);
  for (const delta of deltas) yield delta;
  if (outcome.type === "finished") return { ...base, ...outcome };
  const detail = `finish reason ${
    accumulator.seen.finish_reason ?? "none"
  }, ${accumulator.seen.frames} frames`;
  return { ...base, type: "failed", fault: { kind: outcome.kind, detail }, generation_id, emitted };
}

function open({ request, row, settings }: Attempt, guard: GuardedFetch, signal: AbortSignal) {
  const client = new OpenAI({
    baseURL: settings.base_url,
    apiKey: settings.api_key,
    // Given, so that the SDK does not take them from the environment and send them to this host.
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    fetch: guard.fetch,
    maxRetries: 0,
    timeout: settings.timeouts.overall_ms,
    logLevel: "off",
  });
  const { stream: _, ...body } = toWire(request, row);
  return client.chat.completions.create({ ...body, stream: true }, { signal }).withResponse();
}

interface Reading {
  accumulator: Accumulator;
  guard: GuardedFetch;
  watchdog: Watchdog;
  settings: ModelSettings;
}

async function* readFrames(
  stream: AsyncIterable<unknown>,
  { accumulator, guard, watchdog, settings }: Reading,
): AsyncGenerator<Delta, StreamEnd> {
  const { idle_ms } = settings.timeouts;
  const frames = stream[Symbol.asyncIterator]();
  try {
    while (accumulator.seen.fault === null) {
      const next = await watchdog.wait(frames.next());
      if (next.state === "stopped") return "stopped";
      // The SDK hides `[DONE]`, but it is the only thing before the body's end after which it stops reading.
      if (next.value.done) return guard.body === "ended" ? "closed" : "done";
      guard.frame();
      for (const delta of accumulator.push(next.value.value)) yield delta;
      watchdog.frame(
        accumulator.seen.finish_reason === null ? idle_ms : Math.min(idle_ms, LIMITS.after_finish_ms),
      );
    }
    return "stopped";
  } finally {
    // Not awaited: a body that ignores its abort would hold us up here.
    frames.return?.().catch(() => {});
  }
}

/** Null where the turn was complete before the connection broke. */
function faultOfThrown(
  thrown: unknown,
  guard: GuardedFetch,
  accumulator: Accumulator,
  clock: Clock,
): Fault | null {
  if (thrown instanceof BodyTooLargeError) return { kind: "output_limit", detail: thrown.message };
  if (guard.refusal !== null) return faultOfRefusal(guard.refusal, clock.now());
  if (thrown instanceof OpenAI.APIError) return faultOfError(thrown, clock.now());
  if (accumulator.seen.finish_reason !== null) return null;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  if (guard.body === "broken") return { kind: "network", detail };
  // The SDK says the same of a frame that is broken and of one that the end of the body cut in two.
  const cut = thrown instanceof SyntaxError && guard.body === "ended";
  return { kind: cut ? "truncated_stream" : "malformed_output", detail };
}

/** A host that refused, or was not reached, has charged nothing; one that was left while it worked may have. */
function usageOf(
  accumulator: Accumulator,
  { request, row }: Attempt,
  { stopped }: Pick<Watchdog, "stopped">,
): Usage {
  if (accumulator.seen.frames === 0 && stopped === null) return { ...NO_USAGE, model_calls: 1 };
  return settleUsage({
    reported: accumulator.seen.usage,
    price: row.price,
    estimateInput: () => estimateSentTokens(toWire(request, row)),
    estimateOutput: () => estimateTextTokens(accumulator.written),
  });
}
