// Turns the data frames of one streamed completion into events and, at its end, into an outcome. Pure: no
// network and no clock, so that every quirk of a host can be tested on plain values.
import type { FinishedTurn, ModelFailureKind } from "../../contracts/model.ts";
import type { Json, JsonObject } from "../../contracts/text.ts";
import { cleanText } from "../../contracts/text.ts";
import type { CallIds } from "../calls/call_ids.ts";
import { choicesIn, createChoices } from "./choices.ts";
import { createEchoFields, type EchoFields } from "./echo_fields.ts";
import { type Fault, faultOfFrame } from "../failures/failure_kind.ts";
import { finishReasonIn, readFinishReason, type Substance } from "./finish_reason.ts";
import type { StreamEnd } from "./finish_reason.ts";
import { type Fields, isFields, textIn } from "../wire/json_frame.ts";
import { createToolCallCollector } from "../calls/tool_call_collector.ts";
import { createSpoken, createThought, type Delta } from "../speech/turn_text.ts";
import { createUsageReports, type UsageReports } from "./usage_reports.ts";
import type { WireDelta } from "../wire/wire_chunk.ts";
import { usageOfFrame } from "./wire_usage.ts";

export interface FinishedOutcome
  extends Pick<FinishedTurn, "text" | "tool_calls" | "reasoning" | "finish_reason"> {
  type: "finished";
  /** What goes back to the host with the message, by the names of the wire. */
  echo_fields: JsonObject | null;
}

export type Outcome =
  | FinishedOutcome
  /** `why` is for the log. */
  | { type: "failed"; kind: ModelFailureKind; why?: string };

/** What a stream has brought so far. */
interface StreamState {
  /** Why it can't go on: the host told of an error, or a limit was crossed. */
  fault: Fault | null;
  finish_reason: string | null;
  /** The model that answers, as the host names it. */
  model: string | null;
  /** How many frames there were that have choices, if only an empty list. */
  chunks: number;
  /** Whether a whole completion came in place of a stream. */
  whole: boolean;
}

export interface Accumulator {
  readonly seen: Readonly<StreamState>;
  /** Whether there is text that a reader was shown, and that was not withdrawn. */
  readonly emitted: "nothing" | "something";
  /** Everything the model wrote, for an estimate of its tokens. */
  readonly written: string;
  readonly usage: UsageReports;
  /** Takes one frame in and gives the events it makes. */
  push(frame: Json): readonly Delta[];
  /** The last text there is to show, and what has become of the turn. */
  end(how: StreamEnd, ids: CallIds): { deltas: readonly Delta[]; outcome: Outcome };
}

const NOTHING: readonly Delta[] = [];

const started = (name: string): Delta => ({ type: "tool_call_started", name });

/** An accumulator for one stream; `tools` are the names of the tools that were offered. */
export function createAccumulator({ tools }: { tools: readonly string[] }): Accumulator {
  const thought = createThought();
  const turn: Turn = {
    spoken: createSpoken(thought, tools),
    thought,
    collector: createToolCallCollector(new Set(tools)),
    echo: createEchoFields(),
  };
  const choices = createChoices();
  const usage = createUsageReports();
  const seen: StreamState = { fault: null, finish_reason: null, model: null, chunks: 0, whole: false };
  let written = "";
  /** How much text there was so far, of calls, too. */
  let size = 0;
  let model_field: Json | undefined;

  function overLimit(): readonly Delta[] {
    seen.fault = { kind: "output_limit", detail: "the turn grew beyond what one may have" };
    return NOTHING;
  }

  function take(words: WireDelta): readonly Delta[] {
    let deltas: readonly Delta[] = words.thought === ""
      ? NOTHING
      : thought.push(words.thought) ?? overLimit();
    written += words.thought + words.said;
    size += words.thought.length + words.said.length;
    if (words.said !== "") {
      const said = turn.spoken.push(words.said) ?? overLimit();
      deltas = deltas.length === 0 ? said : [...deltas, ...said];
    }
    for (const piece of words.tool_calls) {
      const result = turn.collector.push(piece);
      size += textIn(piece.function?.arguments).length;
      if (result.state === "over_limit") overLimit();
      else if (result.named.length > 0) deltas = [...deltas, ...result.named.map(started)];
    }
    return deltas;
  }

  function takeFrame(frame: Fields): readonly Delta[] {
    const { model } = frame;
    const list = choicesIn(frame);
    const read = list !== null && list.length > 0 ? choices.read(list) : null;
    const choice = read?.choice ?? null;
    const finish = textIn(choice?.finish_reason) || textIn(choice?.finishReason);
    const fault = isSuspicious(frame, choice, finish) ? faultOfFrame(frame) : null;
    if (fault !== null) {
      seen.fault = fault;
      return NOTHING;
    }
    if (list !== null) seen.chunks += 1;
    if (model !== model_field && typeof model === "string" && model !== "") {
      model_field = model;
      seen.model = cleanText(model).slice(0, 200);
    }
    const deltas = read === null ? NOTHING : take(read.words);
    if (read !== null && turn.echo.push(read.fields) === null) overLimit();
    const report = usageOfFrame(frame, choice);
    if (report !== null) usage.push(report, size);
    if (choice === null) return deltas;
    if (finish !== "" && !(read !== null && isThoughtAlone(read.words) && choice.delta)) {
      seen.finish_reason = finishOf(choice, finish) ?? seen.finish_reason;
    }
    if (choice.message && frame.object === "chat.completion") seen.whole = true;
    return deltas;
  }

  return {
    seen,
    usage,
    get emitted() {
      return turn.spoken.text === "" ? "nothing" : "something";
    },
    get written() {
      return written + turn.collector.text;
    },
    push(frame) {
      if (Array.isArray(frame)) return frame.flatMap((one) => isFields(one) ? takeFrame(one) : NOTHING);
      return isFields(frame) ? takeFrame(frame) : NOTHING;
    },
    end: (how, ids) => endOf(turn, seen, seen.whole ? "done" : how, ids),
  };
}

/** What comes with a piece of a thought is no end of a turn (open-webui/open-webui#16377). */
function isThoughtAlone({ said, thought, tool_calls }: WireDelta): boolean {
  return thought !== "" && said === "" && tool_calls.length === 0;
}

/** Whether a frame may tell of an error: only an ordinary chunk does not. */
function isSuspicious(frame: Fields, choice: Fields | null, finish: string): boolean {
  return choice === null || Boolean(frame.error || frame.base_resp || choice.error) || finish === "error";
}

/** OpenRouter says `error` where it does not know the word of the host behind it, and passes that on beside it. */
function finishOf(choice: Fields, finish: string): string | null {
  const native = finish === "error" ? textIn(choice.native_finish_reason) : "";
  return finishReasonIn(native === "" ? finish : native);
}

interface Turn {
  spoken: ReturnType<typeof createSpoken>;
  thought: ReturnType<typeof createThought>;
  collector: ReturnType<typeof createToolCallCollector>;
  echo: EchoFields;
}

function endOf({ spoken, thought, collector, echo }: Turn, seen: StreamState, how: StreamEnd, ids: CallIds) {
  const failed = (kind: ModelFailureKind, why?: string) => ({
    deltas: NOTHING,
    outcome: { type: "failed" as const, kind, ...(why !== undefined && { why }) },
  });
  const collected = collector.finish(ids.taken, ids.newId);
  const runnable = collected.state === "complete" && collected.calls.length > 0;
  const whole = runnable && collected.calls.every((call) => call.arguments.ok);
  const last = [...spoken.flush(), ...thought.flush()];
  const reason = readFinishReason(seen.finish_reason, how, substanceOf());
  if (reason.state === "failed") return failed(reason.kind);
  if (collected.state === "nameless") return failed("malformed_tool_call", "a call without a name");
  if (spoken.leaked && !runnable) {
    // What only the operator of a host can mend, who reads the log.
    return failed(
      "malformed_tool_call",
      "a call written as text, so the host's parser of tool calls may be off or wrong",
    );
  }
  if (!runnable && spoken.text === "") return failed("empty_response");
  const natural = runnable ? "tool_calls" : "stop";
  const outcome: Outcome = {
    type: "finished",
    text: spoken.text,
    tool_calls: collected.calls,
    reasoning: thought.text,
    finish_reason: reason.state === "cut" ? "length" : natural,
    echo_fields: echo.finish(),
  };
  return { deltas: [...last, ...collected.named.map(started)], outcome };

  function substanceOf(): Substance {
    if (whole) return "whole calls";
    if (runnable || collected.state === "nameless") return "broken calls";
    return spoken.text === "" || spoken.leaked ? "nothing" : "text";
  }
}
