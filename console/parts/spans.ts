// Rows of a run as its tree, flat and in the order in which it is shown: the run, its plans, their steps, their calls.
import type { TraceModelCall, TraceRows, TraceStep, TraceToolCall } from "../data/trace_rows.ts";
import { callNames } from "./call_names.ts";
import type { Span } from "./span.ts";

/** Where a call stands: under the run, or under an attempt at a step. */
interface Home {
  parent: string;
  depth: number;
  place: string;
}

/** The run's row has no other name here: the place of its first model call is reserved under the run's own id. */
const RUN = "run";

export function spansOf(rows: TraceRows): Span[] {
  const { run, plans } = rows;
  const root: Span = {
    ...{ id: RUN, kind: "run", row: run, depth: 0, parent: null, thread: null, place: "" },
    name: run.message ?? "The run's message is gone",
    ...timesOf(run),
    state: run.status,
  };
  const steps = new Map<string, Span[]>();
  for (const step of [...rows.steps].sort(byNumber)) {
    push(steps, step.plan_id, stepSpan(step, rows));
  }
  const calls = new Map<string, Span[]>();
  for (const call of callSpans(rows)) push(calls, call.parent ?? RUN, call);

  const planSpans = plans.map((plan): Span => ({
    ...{ id: plan.id, kind: "plan", row: plan, depth: 1, parent: RUN, thread: null, place: "" },
    name: plan.revision > 1 ? `plan, revision ${plan.revision}: ${plan.goal}` : `plan: ${plan.goal}`,
    ...timesOf(plan),
    state: plan.status,
  }));
  const top = [...planSpans, ...calls.get(RUN) ?? []].sort(byStart);
  return [
    root,
    ...top.flatMap((one) =>
      one.kind !== "plan" ? [one] : [
        one,
        ...(steps.get(one.id) ?? []).flatMap((step) => [
          step,
          ...(calls.get(step.id) ?? []).sort(byStart),
        ]),
      ]
    ),
  ];
}

function stepSpan(row: TraceStep, { plans }: TraceRows): Span {
  const title = plans.find((plan) => plan.id === row.plan_id)
    ?.steps.find((step) => step.step_number === row.step_number)?.title ?? "";
  const again = row.attempt > 1 ? `, attempt ${row.attempt}` : "";
  return {
    ...{ id: row.id, kind: "step", row, depth: 2, parent: row.plan_id },
    ...{ thread: row.agent_session_id, place: "" },
    name: `${row.step_number} ${title}${again}`.trim(),
    ...timesOf(row),
    state: row.status,
  };
}

function callSpans(rows: TraceRows): Span[] {
  const homeOf = homes(rows);
  const names = callNames(rows.model_calls);
  const over = rows.run.finished_at !== null;
  const models = rows.model_calls.map((row): Span => ({
    ...{
      id: row.id,
      kind: "model",
      row,
      thread: row.agent_session_id,
      name: names.get(row.id) ?? "model call",
    },
    ...modelTimes(row, Date.parse(row.started_at), over),
    ...homeOf(row.agent_session_id, row.started_at),
  }));
  const tools = rows.tool_calls.map((row): Span => ({
    ...{ id: row.id, kind: toolKind(row), row, thread: row.agent_session_id, name: row.tool_name },
    ...timesOf(row),
    state: row.status,
    ...homeOf(row.agent_session_id, row.created_at),
  }));
  return [...models, ...tools];
}

/** A call whose run is over and which nobody has told the end of was lost with its worker. */
function modelTimes({ ended_at, failure }: TraceModelCall, start: number, over: boolean) {
  if (ended_at !== null) {
    return {
      start,
      end: Math.max(start, Date.parse(ended_at)),
      state: failure === null ? "completed" : "failed",
    };
  }
  return over ? { start, end: start, state: "cancelled" } : { start, end: null, state: "running" };
}

function toolKind({ access }: TraceToolCall): "read" | "write" | "hand_in" {
  return access === "read" || access === "write" ? access : "hand_in";
}

/** Which attempt a thread's calls belong to: of several at the same thread, the latest that had begun by then. */
function homes({ steps, threads }: TraceRows): (thread: string | null, at: string) => Home {
  const attempts = new Map<string, TraceStep[]>();
  const inOrder = [...steps].sort(byNumber);
  for (const step of inOrder) if (step.agent_session_id !== null) push(attempts, step.agent_session_id, step);
  const numbers = new Map(threads.map((thread) => [thread.id, thread]));
  return (thread, at) => {
    const own = { parent: RUN, depth: 1, place: "" };
    if (thread === null) return own;
    const named = numbers.get(thread);
    const known = attempts.get(thread) ??
      inOrder.filter((step) => step.plan_id === named?.plan_id && step.step_number === named?.step_number);
    const when = Date.parse(at);
    const step = known.findLast((one) => Date.parse(one.created_at) <= when) ?? known[0];
    return step ? { parent: step.id, depth: 3, place: `step ${step.step_number}` } : own;
  };
}

function timesOf(
  row: { created_at: string; finished_at: string | null },
): { start: number; end: number | null } {
  const start = Date.parse(row.created_at);
  // Clocks of two machines: nothing ends before it began.
  return { start, end: row.finished_at === null ? null : Math.max(start, Date.parse(row.finished_at)) };
}

function byNumber(a: TraceStep, b: TraceStep): number {
  return a.step_number - b.step_number || a.attempt - b.attempt;
}

function byStart(a: Span, b: Span): number {
  return a.start - b.start || rank(a) - rank(b) || (a.id < b.id ? -1 : 1);
}

/** What asks stands before what it asked for. */
function rank({ kind }: Span): number {
  return kind === "model" ? 0 : 1;
}

function push<Value>(map: Map<string, Value[]>, key: string, value: Value): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}
