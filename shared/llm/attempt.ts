// One request to one model, from the wire to an outcome. It never throws, and it tells the caller what went
// wrong; whether to try again is the caller's business.
import OpenAI from "openai";
import type { Clock } from "../async/clock.ts";
import { NO_USAGE } from "../contracts/usage.ts";
import type { Usage } from "../contracts/usage.ts";
import type { FinishedTurn, ModelRequest, ModelToolCall } from "../contracts/model.ts";
import type { JsonObject } from "../contracts/text.ts";
import { createAccumulator } from "./reading/accumulator.ts";
import type { Accumulator, FinishedOutcome } from "./reading/accumulator.ts";
import type { CallIds } from "./calls/call_ids.ts";
import type { ModelSettings } from "./config.ts";
import { faultOfError, faultOfRefusal, faultOfText } from "./failures/failure_kind.ts";
import type { Fault } from "./failures/failure_kind.ts";
import type { StreamEnd } from "./reading/finish_reason.ts";
import { BodyBrokenError, BodyTooLargeError, createBodyReader } from "./reading/body_reader.ts";
import type { BodyReader } from "./reading/body_reader.ts";
import { refusalIn } from "./reading/guarded_fetch.ts";
import { LIMITS } from "./wire/wire_limits.ts";
import type { ModelRow } from "./model_table.ts";
import { estimateSentTokens, estimateTextTokens } from "./tokens.ts";
import { sentParameters } from "./sending/sent_parameters.ts";
import { toWire, type WireBody, wireHeaders } from "./sending/to_wire.ts";
import { settleUsage } from "./reading/wire_usage.ts";
import type { Delta } from "./speech/turn_text.ts";
import { createWatchdog } from "./reading/watchdog.ts";
import type { Watchdog } from "./reading/watchdog.ts";

export interface Attempt {
  request: ModelRequest;
  row: ModelRow;
  settings: ModelSettings;
  signal: AbortSignal;
  /** Milliseconds since the epoch. */
  deadline_at: number;
  client: OpenAI;
  clock: Clock;
  ids: CallIds;
}

/** Each with the model that answered, or was asked where none answered. */
export type AttemptEnd =
  & { model: string; usage: Usage; sent: SentRequest }
  & (
    | Omit<FinishedTurn, "model" | "usage">
    | { type: "aborted" }
    | { type: "failed"; fault: Fault; generation_id: string | null; emitted: "nothing" | "something" }
  );

/** What was sent, and when something came of it. Times are in milliseconds since the epoch. */
export interface SentRequest {
  parameters: JsonObject;
  started_at: number;
  first_token_at: number | null;
}

const TIMEOUT_DETAIL = {
  silence: "the host sent no data frame in time",
  deadline: "the call's deadline has passed",
};

/** Runs the attempt: yields what the model writes, returns how it ended. */
export async function* streamAttempt(attempt: Attempt): AsyncGenerator<Delta, AttemptEnd> {
  const { settings, signal, deadline_at, clock } = attempt;
  const accumulator = createAccumulator({ tools: attempt.request.tools.map(({ name }) => name) });
  const sent: SentRequest = { parameters: {}, started_at: clock.now(), first_token_at: null };
  const controller = new AbortController();
  const watchdog = createWatchdog({
    ...{ clock, signal, deadline_at },
    first_ms: settings.timeouts.first_frame_ms,
    idle_ms: settings.timeouts.idle_ms,
    onStop: () => controller.abort(),
  });
  let how: StreamEnd = "stopped";
  let fault: Fault | null = null;
  let generation_id: string | null = null;
  let body: BodyReader | null = null;
  try {
    const body_sent = toWire(attempt.request, attempt.row);
    sent.parameters = sentParameters(body_sent);
    const opened = await watchdog.wait(open(attempt, body_sent, controller.signal));
    if (opened.state === "came") {
      const response = opened.value;
      generation_id = response.headers.get("x-generation-id");
      body = createBodyReader(response, watchdog);
      while (accumulator.seen.fault === null && how === "stopped") {
        const came = await body.next();
        if (came === null) break;
        for (const frame of came.frames) {
          for (const delta of accumulator.push(frame)) {
            sent.first_token_at ??= clock.now();
            yield delta;
          }
          if (accumulator.seen.fault !== null) break;
        }
        if (accumulator.seen.finish_reason !== null) watchdog.ending(LIMITS.after_finish_ms);
        if (came.end !== "open") how = came.end === "done" ? "done" : "closed";
        if (came.end === "unreadable") fault = UNREADABLE;
      }
      fault = accumulator.seen.fault ?? faultOfEnd(fault, response, body, accumulator, how);
    }
  } catch (thrown) {
    fault = faultOfThrown(thrown, accumulator, clock);
  } finally {
    watchdog.close();
    body?.close();
    controller.abort();
  }
  return yield* concluded({ attempt, accumulator, watchdog, sent, how, fault, generation_id });
}

const UNREADABLE: Fault = { kind: "malformed_output", detail: "the host sent a frame that is no JSON" };

/** What is wrong with a body that was read to its end, apart from the turn that it holds. */
function faultOfEnd(
  fault: Fault | null,
  { headers }: Response,
  { start }: BodyReader,
  { seen }: Accumulator,
  how: StreamEnd,
): Fault | null {
  const content_type = headers.get("content-type") ?? "";
  const is_stream = content_type.toLowerCase().startsWith("text/event-stream") && !/^\s*[<{[]/.test(start);
  if (seen.chunks === 0 && how !== "stopped" && !is_stream) return faultOfText(content_type, start);
  // What is broken after a complete turn does no harm.
  return seen.finish_reason === null ? fault : null;
}

interface Conclusion {
  attempt: Attempt;
  accumulator: Accumulator;
  watchdog: Watchdog;
  sent: SentRequest;
  how: StreamEnd;
  fault: Fault | null;
  generation_id: string | null;
}

async function* concluded(conclusion: Conclusion): AsyncGenerator<Delta, AttemptEnd> {
  const { attempt, accumulator, watchdog, sent, how, generation_id } = conclusion;
  const { seen, emitted } = accumulator;
  const base = { model: seen.model ?? attempt.row.id, usage: usageOf(accumulator, attempt, watchdog), sent };
  if (watchdog.stopped === "aborted") return { ...base, type: "aborted" };
  const fault: Fault | null = watchdog.stopped !== null && seen.finish_reason === null
    ? timeoutFault(watchdog.stopped, seen.chunks)
    : conclusion.fault;
  if (fault !== null) return { ...base, type: "failed", fault, generation_id, emitted };
  const { deltas, outcome } = accumulator.end(how, attempt.ids);
  if (deltas.length > 0) sent.first_token_at ??= attempt.clock.now();
  for (const delta of deltas) yield delta;
  if (outcome.type === "finished") return { ...base, ...withEcho(outcome, attempt.row) };
  const how_it_ended = `finish reason ${seen.finish_reason ?? "none"}, ${seen.chunks} frames`;
  const detail = outcome.why === undefined ? how_it_ended : `${outcome.why}; ${how_it_ended}`;
  return { ...base, type: "failed", fault: { kind: outcome.kind, detail }, generation_id, emitted };
}

function timeoutFault(stopped: keyof typeof TIMEOUT_DETAIL, chunks: number): Fault {
  const writing = stopped === "deadline" && chunks > 0;
  return { kind: "timeout", detail: TIMEOUT_DETAIL[stopped], ...(writing ? { host: "writing" } : {}) };
}

/** What this row's host wants back with the history, of the message and of its calls. */
function withEcho(outcome: FinishedOutcome, { id, echo }: ModelRow): Omit<FinishedTurn, "model" | "usage"> {
  const { echo_fields, ...turn } = outcome;
  const wanted = new Set<string>(echo);
  const fields = Object.fromEntries(Object.entries(echo_fields ?? {}).filter(([name]) => wanted.has(name)));
  const tool_calls = wanted.has("extra_content")
    ? turn.tool_calls
    : turn.tool_calls.map(({ extra_content: _, ...call }): ModelToolCall => call);
  const has_echo = Object.keys(fields).length > 0 ||
    tool_calls.some((call) => call.extra_content !== undefined);
  return { ...turn, tool_calls, ...(has_echo ? { echo: { model: id, fields } } : {}) };
}

function open({ row, client }: Attempt, wire: WireBody, signal: AbortSignal) {
  const { stream: _, ...body } = wire;
  const options = { signal, headers: wireHeaders(row) };
  return client.chat.completions.create({ ...body, stream: true }, options).asResponse();
}

/** Null where the turn was complete before the connection broke. */
function faultOfThrown(thrown: unknown, accumulator: Accumulator, clock: Clock): Fault | null {
  if (thrown instanceof BodyTooLargeError) return { kind: "output_limit", detail: thrown.message };
  const refusal = refusalIn(thrown);
  if (refusal !== null) return faultOfRefusal(refusal, clock.now());
  if (thrown instanceof OpenAI.APIError) return faultOfError(thrown);
  if (accumulator.seen.finish_reason !== null) return null;
  const detail = thrown instanceof Error ? thrown.message : String(thrown);
  return { kind: thrown instanceof BodyBrokenError ? "network" : "unknown", detail };
}

/** A host that refused, or was not reached, has charged nothing; one that was left while it worked may have. */
function usageOf(
  accumulator: Accumulator,
  { request, row }: Attempt,
  { stopped }: Pick<Watchdog, "stopped">,
): Usage {
  if (accumulator.seen.chunks === 0 && stopped === null) return { ...NO_USAGE, model_calls: 1 };
  const estimateOutput = () => estimateTextTokens(accumulator.written);
  return settleUsage({
    reported: accumulator.usage.settle(estimateOutput),
    price: row.price,
    estimateInput: () => estimateSentTokens(toWire(request, row)),
    estimateOutput,
  });
}
