// I5, second half: what the log adds up to is what the rows say, of the run, its plans and its steps.
import { isDeepStrictEqual } from "node:util";
import { assertNever } from "../../../shared/contracts/errors.ts";
import type { StepState } from "../../../shared/contracts/run_state.ts";
import type { ExecutionRow } from "../rows/stored_run.ts";
import { type Evidence, succeeded, type Violation } from "./evidence.ts";

export function* runStateViolations(evidence: Evidence): Generator<Violation> {
  const { run, state } = evidence;
  yield* compare("status", run.status, state.status);
  yield* compare("strategy", run.strategy, state.strategy);
  yield* compare("finished_reason", run.finished_reason, state.finished_reason);
  yield* compare("error", run.error, state.error);
  if (state.status !== "failed") yield* compare("usage", run.usage, state.usage);
  yield* spending(evidence);
  yield* plans(evidence);
  for (const step of state.plan?.steps ?? []) yield* stepState(evidence, step);
}

function* compare(name: string, stored: unknown, reduced: unknown): Generator<Violation> {
  if (isDeepStrictEqual(stored, reduced)) return;
  const [row, log] = [stored, reduced].map((value) => JSON.stringify(value));
  yield { invariant: "I5", problem: `${name} is stored as ${row}, the log adds up to ${log}` };
}

/** What every stored model message cost is in the run's sum. Calls that failed or were lost may add to it. */
function* spending({ run, messages }: Evidence): Generator<Violation> {
  if (run.usage === null) return;
  const answers = messages.filter((message) => message.model_used !== null);
  const sums = {
    model_calls: answers.length,
    input_tokens: answers.reduce((sum, one) => sum + (one.input_tokens ?? 0), 0),
    output_tokens: answers.reduce((sum, one) => sum + (one.output_tokens ?? 0), 0),
  };
  for (const name of ["model_calls", "input_tokens", "output_tokens"] as const) {
    if (run.usage[name] >= sums[name]) continue;
    const problem = `usage says ${run.usage[name]} ${name}, the threads' messages alone make ${sums[name]}`;
    yield { invariant: "I5", problem };
  }
}

function* plans({ plans, events, state, run }: Evidence): Generator<Violation> {
  const announced = events.flatMap((event) => event.type === "plan_created" ? [event.plan] : []);
  const stored = plans.map(({ id, revision, goal, steps }) => ({ id, revision, goal, steps }));
  yield* compare("the list of plans", stored, announced);
  for (const [i, plan] of plans.entries()) {
    yield* compare(`the revision of plan ${i + 1}`, plan.revision, i + 1);
    yield* compare(`what plan ${i + 1} supersedes`, plan.supersedes, plans[i - 1]?.id ?? null);
  }
  const last = plans.at(-1);
  if (!last) return;
  yield* compare("the plan's status", last.status, state.plan?.status);
  if (run.status !== "completed") return;
  const complete = state.plan?.steps.every((step) => step.state === "completed");
  yield* compare("what became of the plan", last.status, complete ? "completed" : "failed");
}

function* stepState(evidence: Evidence, step: StepState): Generator<Violation> {
  const { run } = evidence;
  const row = latestAttempt(evidence, step.step_number);
  const name = `step ${step.step_number}`;
  // It was announced, or announced once more, and nobody could claim it.
  const unclaimed = step.attempt === (row?.attempt ?? 0) + 1;
  const states: StepState["state"][] = unclaimed
    ? ["failed", ...run.status === "cancelled" ? ["cancelled" as const] : []]
    : statesOf(row);
  if (!states.includes(step.state)) {
    const problem = `${name} is ${row?.status ?? "not claimed"} in its row and ${step.state} in the log`;
    yield { invariant: "I5", problem };
  }
  if (!row) return;
  if (!unclaimed) yield* compare(`${name}'s attempt`, row.attempt, step.attempt);
  if (step.state === "completed") yield* compare(`${name}'s summary`, row.result?.summary, step.summary);
}

/** As `step_state` of the database has it: the latest in this plan, or the one that completed it in an earlier. */
function latestAttempt({ plans, executions }: Evidence, step_number: number): ExecutionRow | undefined {
  const revision = (row: ExecutionRow) => plans.findIndex((plan) => plan.id === row.plan_id);
  return executions
    .filter((row) => row.step_number === step_number)
    .filter((row) => revision(row) === plans.length - 1 || succeeded(row))
    .toSorted((a, b) => revision(a) - revision(b) || a.attempt - b.attempt)
    .at(-1);
}

/** The states of the log that fit the latest attempt. */
function statesOf(row: ExecutionRow | undefined): StepState["state"][] {
  const status = row?.status;
  switch (status) {
    case undefined:
      return ["pending"];
    case "completed":
    case "partial":
      return ["completed"];
    case "failed":
    case "needs_input":
      return ["failed"];
    case "cancelled":
    case "skipped":
    case "running":
      return [status];
    default:
      return assertNever(status);
  }
}
