// One row of a trace: a stretch of time in the tree of run, plan, step and call.
import type { TraceModelCall, TracePlan, TraceRun, TraceStep, TraceToolCall } from "../data/trace_rows.ts";

export type SpanKind = "run" | "plan" | "step" | "model" | "read" | "write" | "hand_in";

/** What can be left out of the rows; containers can't. */
export const CALL_KINDS = ["model", "read", "write", "hand_in"] as const;
export type CallKind = typeof CALL_KINDS[number];

interface Stretch {
  /** Of its row in the database; "run" for the run; what a run under way has no row for yet begins with `live:`. */
  id: string;
  depth: number;
  /** The id of the row that it stands under; null for the run. */
  parent: string | null;
  name: string;
  /** What it belongs to, such as "step 6", for a heading; empty for the planner's own. */
  place: string;
  /** Its row's status; of a model call, which has none, one that says the same. */
  state: string;
  /** In milliseconds since the epoch. */
  start: number;
  /** Null while it goes on. */
  end: number | null;
  /** The thread that it is part of; null for what is made of threads. */
  thread: string | null;
}

export type Span =
  | Stretch & { kind: "run"; row: TraceRun }
  | Stretch & { kind: "plan"; row: TracePlan }
  | Stretch & { kind: "step"; row: TraceStep }
  | Stretch & { kind: "model"; row: TraceModelCall }
  | Stretch & { kind: "read" | "write" | "hand_in"; row: TraceToolCall };

export function isContainer(span: Span): boolean {
  return span.kind === "run" || span.kind === "plan" || span.kind === "step";
}

/** What its state is called: a plan that executes and a call that was proposed are under way all the same. */
export function shownState({ end, state }: Span): string {
  return end === null && state !== "awaiting_approval" ? "running" : state;
}

/** Its heading: what it is, and of what. */
export function spanTitle({ kind, name, place }: Span): string {
  const title = place === "" ? name : `${name} of ${place}`;
  // A tool's name is a name.
  return kind === "model" || kind === "plan" ? title.slice(0, 1).toUpperCase() + title.slice(1) : title;
}
