// A run as the chat shows it: what its events add up to, and what they tell besides: what is at work, when, and which
// calls wrote. One event after the other, so that a long run costs no more at its end than at its beginning.
import {
  type CallState,
  initialRunState,
  type ReadEvent,
  reduceRun,
  type RunState,
} from "../../client/mod.ts";

export interface LiveCall {
  id: string;
  name: string;
  /** In words. */
  title: string;
  /** Of the plan; null for the planner's own. */
  step: number | null;
  access: CallState["access"];
  state: CallState["state"];
  /** What it said; empty while it works. */
  said: string;
  undoable: boolean;
  started_at: number;
  duration_ms: number | null;
}

export interface LiveStep {
  started_at: number | null;
  ended_at: number | null;
  /** Of the executor's own words: `partial` where it could not do all. */
  outcome: string | null;
}

export interface LiveRun {
  state: RunState;
  last_seq: number;
  /** In the order in which they began. */
  calls: LiveCall[];
  steps: ReadonlyMap<number, LiveStep>;
  /** Parts of text that were lost with their model call. */
  withdrawn: readonly number[];
  /** When the plan was made, in milliseconds; its own clock begins there. */
  planned_at: number | null;
}

export function emptyLiveRun(run_id: string): LiveRun {
  return {
    ...{ state: initialRunState(run_id), last_seq: 0, calls: [], steps: new Map() },
    ...{ withdrawn: [], planned_at: null },
  };
}

/** The run after one more event. One that it has already changes nothing. */
export function addEvent(before: LiveRun, event: ReadEvent): LiveRun {
  if (event.seq <= before.last_seq) return before;
  const run = { ...before, state: reduceRun(before.state, event), last_seq: event.seq };
  const at = Date.parse(event.at);
  switch (event.type) {
    case "plan_created":
      return { ...run, planned_at: run.planned_at ?? at, steps: keptSteps(run) };
    case "step_start":
      return withStep(run, event.step_number, (step) => ({
        ...step,
        ...{ started_at: step.started_at ?? at, ended_at: null },
      }));
    case "executor_result":
      return withStep(run, event.step_number, (step) => ({ ...step, outcome: event.result.status }));
    case "step_complete":
      return withStep(run, event.step_number, (step) => ({ ...step, ended_at: at }));
    case "tool_call":
      return { ...run, calls: [...run.calls, callOf(event, at)] };
    case "tool_result": {
      const { ok, error, result, duration_ms, undoable = false } = event;
      const state = ok ? "ok" : "failed";
      const told = { state, said: error ?? result, duration_ms, undoable } as const;
      return withCall(run, event.tool_call_id, told);
    }
    case "text_withdrawn":
      return { ...run, withdrawn: [...run.withdrawn, event.part] };
    case "done":
    case "error":
      return {
        ...run,
        calls: run.calls.map((call) => call.state === "running" ? { ...call, ...LOST } : call),
      };
    default:
      return run;
  }
}

const LOST = { state: "failed", said: "It was interrupted before it could tell its result." } as const;

/** What a plan that replaces another keeps: the steps that were completed. */
function keptSteps({ state, steps }: LiveRun): ReadonlyMap<number, LiveStep> {
  const kept = state.plan?.steps.filter((step) => step.state === "completed") ?? [];
  return new Map(kept.flatMap(({ step_number }) => {
    const step = steps.get(step_number);
    return step ? [[step_number, step]] : [];
  }));
}

function withStep(run: LiveRun, number: number, change: (step: LiveStep) => LiveStep): LiveRun {
  const before = run.steps.get(number) ?? { started_at: null, ended_at: null, outcome: null };
  return { ...run, steps: new Map(run.steps).set(number, change(before)) };
}

function callOf(event: Extract<ReadEvent, { type: "tool_call" }>, started_at: number): LiveCall {
  const { tool_call_id: id, name, title = name, access = null, agent } = event;
  return {
    ...{ id, name, title, access, step: agent?.step_number ?? null, started_at },
    ...{ state: "running", said: "", undoable: false, duration_ms: null },
  };
}

function withCall(run: LiveRun, id: string, change: Partial<LiveCall>): LiveRun {
  const at = run.calls.findLastIndex((call) => call.id === id);
  const call = run.calls[at];
  return call ? { ...run, calls: run.calls.with(at, { ...call, ...change }) } : run;
}

/** True while somebody works on it, or it waits for a person. */
export function isUnfinished({ status }: RunState): boolean {
  return status === "running" || status === "awaiting_approval";
}

/** The number of the part that is the answer, or is about to be: null where work came after the last words. */
export function answerPart({ state }: LiveRun): number | null {
  const last = state.shown.findLastIndex((one) => one.type === "text" && state.parts[one.part - 1] !== "");
  const text = state.shown[last];
  if (text?.type !== "text") return null;
  const ended = state.status === "completed";
  return ended || last === state.shown.length - 1 ? text.part : null;
}

/** What was said before that, without what was withdrawn. */
export function commentary(run: LiveRun): string[] {
  const answer = answerPart(run);
  const parts = run.state.shown.flatMap((one) =>
    one.type === "text" && one.part !== answer ? [one.part] : []
  );
  return parts.map((part) => run.state.parts[part - 1] ?? "").filter((text) => text.trim() !== "");
}

/** The calls that changed something; those that wait or were declined are none. */
export function changesOf({ calls }: LiveRun): LiveCall[] {
  return calls.filter((call) => call.state === "ok" && (call.undoable || call.access === "write"));
}

/** What is at work, in a few words. */
export function statusOf(run: LiveRun): string {
  const { state } = run;
  if (state.status === "awaiting_approval") {
    const open = state.approvals.filter((one) => one.open).length;
    return open > 1 ? `Waits for you: ${open} decisions` : "Waits for you";
  }
  const working = state.plan?.status === "executing"
    ? state.plan.steps.filter((step) => step.state === "running")
    : [];
  const [one] = working;
  if (one && working.length === 1) return `Step ${one.step_number}: ${one.title}`;
  if (one) {
    const numbers = working.map((step) => step.step_number).join(", ");
    const executors = working.every((step) => step.executor_required);
    return `${working.length} ${executors ? "executors" : "steps"} at work: ${numbers}`;
  }
  const calls = run.calls.filter((call) => call.state === "running");
  if (calls[0]) return calls.length === 1 ? calls[0].title : `${calls.length} tools at work`;
  return answerPart(run) === null ? "Thinking" : "Writing the answer";
}
