// I1 and I2 for the steps of plans: one worker at a time, every attempt announced once, every step completed once.
import type { RunEvent } from "../../../shared/contracts/events.ts";
import type { Plan } from "../../../shared/contracts/plan.ts";
import {
  attemptsAt,
  type Evidence,
  type Invariant,
  repeated,
  succeeded,
  type Violation,
} from "./evidence.ts";

export function* stepViolations(evidence: Evidence): Generator<Violation> {
  const { agents, threads, executions } = evidence;
  const planners = agents.filter((agent) => agent.type === "planner");
  if (planners.length !== 1) yield found("I1", `the run has ${planners.length} planners`);
  const main = threads.filter((thread) => thread.plan_id === null);
  if (main.length !== 1) yield found("I1", `the run has ${main.length} main threads`);
  for (const [step_number, count] of completions(evidence)) {
    if (count > 1) yield found("I2", `step ${step_number} was completed by ${count} attempts`);
  }
  const plans = plansOf(evidence.events);
  for (const { plan, events } of plans) {
    const numbers = new Set(
      executions.filter((row) => row.plan_id === plan.id).map((row) => row.step_number),
    );
    for (const { step_number } of plan.steps) {
      numbers.delete(step_number);
      yield* attempts(evidence, plan, step_number);
      yield* announcements(evidence, plan, step_number, events);
    }
    yield* dependencies(plan, events);
    for (const number of numbers) {
      yield found("I2", `plan ${plan.revision} has no step ${number}, but an attempt at it`);
    }
  }
}

function found(invariant: Invariant, problem: string): Violation {
  return { invariant, problem };
}

function completions({ executions }: Evidence): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { step_number } of executions.filter(succeeded)) {
    counts.set(step_number, (counts.get(step_number) ?? 0) + 1);
  }
  return counts;
}

/** Every plan of the log with the events from its creation to the next plan's. */
function plansOf(events: readonly RunEvent[]): { plan: Plan; events: RunEvent[] }[] {
  const plans: { plan: Plan; events: RunEvent[] }[] = [];
  for (const event of events) {
    if (event.type === "plan_created") plans.push({ plan: event.plan, events: [] });
    plans.at(-1)?.events.push(event);
  }
  return plans;
}

/** The rows: attempts count from 1, or there is one with the number 0, skipped; each ended before the next began, and only the last one's result counts. */
function* attempts(evidence: Evidence, plan: Plan, step_number: number): Generator<Violation> {
  const rows = attemptsAt(evidence, plan.id, step_number);
  const name = `step ${step_number} of plan ${plan.revision}`;
  if (rows.some((row, i) => row.attempt !== (row.status === "skipped" ? 0 : i + 1))) {
    yield found("I2", `${name} has the attempts ${rows.map((row) => row.attempt).join(", ")}`);
  }
  for (const [i, row] of rows.slice(0, -1).entries()) {
    if (succeeded(row) || row.status === "skipped") {
      yield found("I2", `${name} was tried again after attempt ${row.attempt} was ${row.status}`);
    }
    const next = rows[i + 1];
    if (row.finished_at === null || !next || Date.parse(row.finished_at) > Date.parse(next.created_at)) {
      yield found("I1", `attempt ${next?.attempt} at ${name} began before attempt ${row.attempt} had ended`);
    }
  }
}

/** The log: one `step_start` an attempt, in order, then one `step_complete`, and nothing of the step after it. */
function* announcements(
  evidence: Evidence,
  plan: Plan,
  step_number: number,
  events: readonly RunEvent[],
): Generator<Violation> {
  const { run } = evidence;
  const name = `step ${step_number} of plan ${plan.revision}`;
  const own = events.filter((event) =>
    ("step_number" in event ? event.step_number : event.agent?.step_number) === step_number
  );
  const starts = own.flatMap((event) => event.type === "step_start" ? [event.attempt] : []);
  const ends = own.filter((event) => event.type === "step_complete");
  if (starts.some((attempt, i) => attempt !== i + 1)) {
    yield found("I2", `${name} was announced as attempts ${starts.join(", ")}`);
  }
  if (ends.length > 1) yield found("I2", `${name} was completed ${ends.length} times`);
  const [end] = ends;
  const last = own.at(-1);
  if (end && last && last.seq > end.seq && last.type !== "step_complete") {
    yield found("I2", `event ${last.seq} (${last.type}) of ${name} comes after its end in event ${end.seq}`);
  }
  for (const type of ["executor_spawned", "executor_result"] as const) {
    const seen = own.flatMap((event) => event.type === type ? [event.attempt] : []);
    for (const attempt of repeated(seen)) yield found("I2", `attempt ${attempt} at ${name} has two ${type}`);
  }

  const rows = attemptsAt(evidence, plan.id, step_number).filter((row) => row.status !== "skipped");
  // A run that failed may have lost what it could not store, and one that was cancelled does not look at its steps again.
  if (run.status === "completed") {
    for (const { attempt } of rows.filter((row) => !starts.includes(row.attempt))) {
      yield found("I2", `attempt ${attempt} at ${name} was never announced`);
    }
  }
  if (run.status === "completed" && ends.length === 0 && !keptFromBefore(evidence, plan, step_number)) {
    yield found("I2", `${name} has no end`);
  }
}

/** A step begins after those that it depends on have completed; those of an earlier plan had, before this one. */
function* dependencies(plan: Plan, events: readonly RunEvent[]): Generator<Violation> {
  const completed = new Set<number>();
  const own = new Set(events.flatMap((event) => event.type === "step_complete" ? [event.step_number] : []));
  for (const event of events) {
    if (event.type === "step_complete" && event.status === "completed") completed.add(event.step_number);
    if (event.type !== "step_start") continue;
    const step = plan.steps.find((one) => one.step_number === event.step_number);
    for (const needed of step?.depends_on.filter((one) => own.has(one) && !completed.has(one)) ?? []) {
      yield found(
        "I2",
        `step ${event.step_number} of plan ${plan.revision} began before step ${needed} had completed`,
      );
    }
  }
}

function keptFromBefore({ plans, executions }: Evidence, plan: Plan, step_number: number): boolean {
  const earlier = plans.filter((one) => one.revision < plan.revision).map((one) => one.id);
  return executions.some((row) =>
    row.step_number === step_number && earlier.includes(row.plan_id) && succeeded(row)
  );
}
