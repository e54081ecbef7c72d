// Turns the data frames of one streamed completion into events and, at its end, into an outcome. Pure: no
// network and no clock, so that every quirk of a host can be tested on plain values.
import type { ModelEvent, ModelFailureKind, ModelToolCall } from "../contracts/model.ts";
import { cleanText } from "../contracts/text.ts";
import type { CallIds } from "./call_ids.ts";
import { createMarkupFilter } from "./leaked_markup.ts";
import { LIMITS } from "./wire_limits.ts";
import { createTextCleaner } from "./text_cleaner.ts";
import { createToolCallCollector } from "./tool_call_collector.ts";
import { readFinishReason } from "./finish_reason.ts";
import type { StreamEnd } from "./finish_reason.ts";
import { readUsage } from "./wire_usage.ts";
import type { WireUsage } from "./wire_usage.ts";
import { isErrorFrame, readChunk } from "./wire_chunk.ts";

export type Delta = Extract<ModelEvent, { type: "text_delta" | "reasoning_delta" | "tool_call_started" }>;

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

export interface Accumulator {
  /** Takes one frame in and gives the events it makes. */
  push(frame: unknown): Delta[];
  /** The last text there is to show, and what has become of the turn. */
  end(how: StreamEnd, ids: CallIds): { deltas: Delta[]; outcome: Outcome };
  readonly fault: StreamFault | null;
  readonly finish_reason: string | null;
  /** The model that answers, as the host names it. */
  readonly model: string | null;
  readonly usage: WireUsage | null;
  /** How many frames there were, errors aside. */
  readonly frames: number;
  /** Whether any event came out of it so far. */
  readonly emitted: "nothing" | "something";
  /** Everything the model wrote, for an estimate of its tokens. */
  readonly written: string;
}

const NOTHING: Delta[] = [];

/** An accumulator for one stream. */
export function createAccumulator(): Accumulator {
  const text_cleaner = createTextCleaner();
  const reasoning_cleaner = createTextCleaner();
  const markup = createMarkupFilter();
  const collector = createToolCallCollector();
  let text = "";
  let reasoning = "";
  let leading_blank = "";
  let written = "";
  let text_length = 0;
  let frames = 0;
  let emitted: "nothing" | "something" = "nothing";
  let fault: StreamFault | null = null;
  let finish_reason: string | null = null;
  let model: string | null = null;
  let usage: WireUsage | null = null;

  /** Blank text is held back until something follows: a turn of nothing but blanks is no answer. */
  function show(visible: string, deltas: Delta[]): void {
    if (visible === "") return;
    if (text === "" && visible.trim() === "") {
      leading_blank += visible;
      return;
    }
    const shown = leading_blank + visible;
    leading_blank = "";
    text += shown;
    deltas.push({ type: "text_delta", text: shown });
  }

  function think(thought: string, deltas: Delta[]): void {
    if (thought === "") return;
    reasoning += thought;
    deltas.push({ type: "reasoning_delta", text: thought });
  }

  return {
    get fault() {
      return fault;
    },
    get finish_reason() {
      return finish_reason;
    },
    get model() {
      return model;
    },
    get usage() {
      return usage;
    },
    get frames() {
      return frames;
    },
    get emitted() {
      return emitted;
    },
    get written() {
      return written + collector.text;
    },

    push(frame) {
      const chunk = readChunk(frame);
      if (isErrorFrame(chunk)) {
        fault = { type: "error_frame", frame };
        return NOTHING;
      }
      frames += 1;
      if (chunk.model && model !== chunk.model) model = cleanText(chunk.model).slice(0, 200);
      usage = readUsage(chunk.usage) ?? usage;
      const choice = chunk.choices?.[0];
      if (!choice) return NOTHING;
      // Moonshot reports usage inside the choice.
      usage = readUsage(choice.usage) ?? usage;
      const deltas: Delta[] = [];
      const { delta } = choice;
      const thought = delta?.reasoning_content || delta?.reasoning;
      if (thought) {
        written += thought;
        if (reasoning.length + thought.length > LIMITS.reasoning) fault = { type: "over_limit" };
        else think(reasoning_cleaner.push(thought), deltas);
      }
      if (delta?.content) {
        written += delta.content;
        text_length += delta.content.length;
        if (text_length > LIMITS.text) fault = { type: "over_limit" };
        else show(markup.push(text_cleaner.push(delta.content)), deltas);
      }
      for (const piece of delta?.tool_calls ?? []) {
        if (!piece) continue;
        const result = collector.push(piece);
        if (result.state === "over_limit") {
          fault = { type: "over_limit" };
          break;
        }
        if (result.state === "named") deltas.push({ type: "tool_call_started", name: result.name });
      }
      finish_reason = choice.finish_reason || finish_reason;
      if (deltas.length > 0) emitted = "something";
      return deltas;
    },

    end(how, ids) {
      const failed = (kind: ModelFailureKind) => ({
        deltas: NOTHING,
        outcome: { type: "failed" as const, kind },
      });
      if (fault?.type === "over_limit") return failed("output_limit");
      const collected = collector.finish(ids.taken, ids.newId);
      const runnable = collected.state === "complete" && collected.calls.length > 0;
      const whole = runnable && collected.calls.every((call) => call.arguments.ok);
      const reason = readFinishReason(finish_reason, how, whole ? "whole calls" : "no whole calls");
      if (reason.state === "failed") return failed(reason.kind);
      if (collected.state === "nameless") return failed("malformed_tool_call");
      if (markup.leaked && !runnable) return failed("malformed_tool_call");
      const deltas: Delta[] = [];
      think(reasoning_cleaner.flush(), deltas);
      show(markup.push(text_cleaner.flush()), deltas);
      show(markup.flush(), deltas);
      if (!runnable && text === "") return failed("empty_response");
      const natural = runnable ? "tool_calls" : "stop";
      return {
        deltas,
        outcome: {
          type: "finished",
          text,
          tool_calls: collected.calls,
          reasoning,
          finish_reason: reason.state === "cut" ? "length" : natural,
        },
      };
    },
  };
}
