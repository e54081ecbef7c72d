// Turns the data frames of one streamed completion into events and, at its end, into an outcome. Pure: no
// network and no clock, so that every quirk of a host can be tested on plain values.
import type { ModelFailureKind, ModelToolCall } from "../contracts/model.ts";
import { cleanText } from "../contracts/text.ts";
import type { CallIds } from "./call_ids.ts";
import { createToolCallCollector } from "./tool_call_collector.ts";
import { createSpoken, createThought, type Delta } from "./turn_text.ts";
import { readFinishReason } from "./finish_reason.ts";
import type { StreamEnd } from "./finish_reason.ts";
import { readUsage } from "./wire_usage.ts";
import type { WireUsage } from "./wire_usage.ts";
import { type Choice, isErrorFrame, readChunk } from "./wire_chunk.ts";

/** Why a stream can't go on: a limit was crossed, or the host sent an error as an ordinary frame. */
export type StreamFault = { type: "over_limit" } | { type: "error_frame"; frame: unknown };

export type Outcome =
  | {
    type: "finished";
    text: string;
    tool_calls: ModelToolCall[];
    reasoning: string;
    finish_reason: "stop" | "tool_calls" | "length";
  }
  | { type: "failed"; kind: ModelFailureKind };

/** What a stream has brought so far. */
interface StreamState {
  fault: StreamFault | null;
  finish_reason: string | null;
  /** The model that answers, as the host names it. */
  model: string | null;
  usage: WireUsage | null;
  /** How many frames there were, errors aside. */
  frames: number;
  /** Whether any event came out of it so far. */
  emitted: "nothing" | "something";
}

export interface Accumulator {
  readonly seen: Readonly<StreamState>;
  /** Everything the model wrote, for an estimate of its tokens. */
  readonly written: string;
  /** Takes one frame in and gives the events it makes. */
  push(frame: unknown): Delta[];
  /** The last text there is to show, and what has become of the turn. */
  end(how: StreamEnd, ids: CallIds): { deltas: Delta[]; outcome: Outcome };
}

const NOTHING: Delta[] = [];

/** An accumulator for one stream. */
export function createAccumulator(): Accumulator {
  const thought = createThought();
  const turn = { spoken: createSpoken(thought), thought, collector: createToolCallCollector() };
  const seen: StreamState = {
    ...{ fault: null, finish_reason: null, model: null, usage: null },
    ...{ frames: 0, emitted: "nothing" },
  };
  let written = "";

  function overLimit(): Delta[] {
    seen.fault = { type: "over_limit" };
    return NOTHING;
  }

  function take({ delta }: Choice): Delta[] {
    const reasoning = delta?.reasoning_content || delta?.reasoning || "";
    const said = delta?.content ?? "";
    written += reasoning + said;
    const deltas = [
      ...(reasoning === "" ? NOTHING : turn.thought.push(reasoning) ?? overLimit()),
      ...(said === "" ? NOTHING : turn.spoken.push(said) ?? overLimit()),
    ];
    for (const piece of delta?.tool_calls ?? []) {
      const result = piece && turn.collector.push(piece);
      if (result?.state === "over_limit") return deltas.concat(overLimit());
      if (result?.state === "named") deltas.push({ type: "tool_call_started", name: result.name });
    }
    return deltas;
  }

  return {
    seen,
    get written() {
      return written + turn.collector.text;
    },
    push(frame) {
      const chunk = readChunk(frame);
      if (isErrorFrame(chunk)) {
        seen.fault = { type: "error_frame", frame };
        return NOTHING;
      }
      seen.frames += 1;
      if (chunk.model && seen.model !== chunk.model) seen.model = cleanText(chunk.model).slice(0, 200);
      const choice = chunk.choices?.[0];
      // Moonshot reports usage inside the choice.
      seen.usage = readUsage(choice?.usage) ?? readUsage(chunk.usage) ?? seen.usage;
      if (!choice) return NOTHING;
      const deltas = take(choice);
      seen.finish_reason = choice.finish_reason || seen.finish_reason;
      if (deltas.length > 0) seen.emitted = "something";
      return deltas;
    },
    end: (how, ids) => endOf(turn, seen, how, ids),
  };
}

interface Turn {
  spoken: ReturnType<typeof createSpoken>;
  thought: ReturnType<typeof createThought>;
  collector: ReturnType<typeof createToolCallCollector>;
}

function endOf({ spoken, thought, collector }: Turn, seen: StreamState, how: StreamEnd, ids: CallIds) {
  const failed = (kind: ModelFailureKind) => ({
    deltas: NOTHING,
    outcome: { type: "failed" as const, kind },
  });
  if (seen.fault?.type === "over_limit") return failed("output_limit");
  const collected = collector.finish(ids.taken, ids.newId);
  const runnable = collected.state === "complete" && collected.calls.length > 0;
  const whole = runnable && collected.calls.every((call) => call.arguments.ok);
  const reason = readFinishReason(seen.finish_reason, how, whole ? "whole calls" : "no whole calls");
  if (reason.state === "failed") return failed(reason.kind);
  if (collected.state === "nameless") return failed("malformed_tool_call");
  const deltas = [...spoken.flush(), ...thought.flush()];
  if (spoken.leaked && !runnable) return failed("malformed_tool_call");
  if (!runnable && spoken.text === "") return failed("empty_response");
  const natural = runnable ? "tool_calls" : "stop";
  const outcome: Outcome = {
    type: "finished",
    text: spoken.text,
    tool_calls: collected.calls,
    reasoning: thought.text,
    finish_reason: reason.state === "cut" ? "length" : natural,
  };
  return { deltas, outcome };
}
