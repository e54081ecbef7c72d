// The step functions of the store in memory, each one transaction: what it refuses, it refuses before it writes.
import type { Clock } from "../../../shared/async/clock.ts";
import type { Ids } from "../../../shared/agents/ports.ts";
import type {
  Claimant,
  ClaimedStep,
  PlannerAnswer,
  Reservation,
  Reserved,
  RunLease,
  Settlement,
  StepLease,
  StepOutcome,
  StepProgress,
  StepRef,
  StepView,
} from "../../../shared/agents/store/records.ts";
import type { MessageRow, Recorded } from "../../../shared/agents/store/rows.ts";
import { AgentError, LeaseLostError } from "../../../shared/contracts/errors.ts";
import { JsonObject } from "../../../shared/contracts/text.ts";
import { parseClaim, parseStepView } from "../../../shared/db/parsed_rows.ts";
import { appendRows, findRun, heard, isoTime, messagesOf, reserve, settle } from "./memory_rows.ts";
import { callsOfThread, expireCalls, verdictsOn, waitingCalls } from "./memory_calls.ts";
import { stored } from "./memory_wire.ts";
import type { Execution, Run, Tables } from "./memory_tables.ts";

export function memorySteps(
  tables: Tables,
  { clock, ids, holdRun }: { clock: Clock; ids: Ids; holdRun(lease: RunLease): Run },
) {
  const expiry = (seconds: number) => clock.now() + seconds * 1_000;

  function findPlan(plan_id: string) {
    const plan = tables.plans.find((one) => one.id === plan_id);
    if (!plan) throw new AgentError("not_found", "There is no such plan.");
    return plan;
  }

  /** The latest attempt at a step, or the one that completed it in an earlier plan. */
  function state({ plan_id, step_number }: StepRef): Execution | undefined {
    const plan = findPlan(plan_id);
    const plans = tables.plans.filter((one) => one.run_id === plan.run_id && one.revision <= plan.revision);
    const revision = (one: Execution) => plans.find((plan) => plan.id === one.plan_id)?.revision ?? 0;
    return tables.executions
      .filter((one) => one.step_number === step_number && revision(one) > 0)
      .filter((one) => one.plan_id === plan_id || isDone(one))
      .toSorted((a, b) => revision(b) - revision(a) || b.attempt - a.attempt)[0];
  }

  function claim(ref: StepRef, claimant: Claimant): ClaimedStep {
    const plan = findPlan(ref.plan_id);
    const run = findRun(tables, plan.run_id);
    const step = plan.steps.find((one) => one.step_number === ref.step_number);
    if (!step) throw new AgentError("not_found", "The plan has no such step.");
    if (run.status !== "running" || run.cancel_requested_at !== null || plan.finished_at !== null) {
      throw new AgentError("conflict", "The plan is not being carried out.");
    }
    if (claimant.type === "planner" && (run.released || claimant.generation !== run.lease_generation)) {
      throw new LeaseLostError("stale");
    }
    if (step.executor_required !== (claimant.type === "executor")) {
      throw new AgentError("conflict", "The step is not for this agent.");
    }
    const needed = step.depends_on.toSorted((a, b) => a - b)
      .map((step_number) => ({ step_number, latest: state({ ...ref, step_number }) }));
    if (!needed.every(({ latest }) => latest && isDone(latest))) {
      throw new AgentError("conflict", "The step waits for others that are not complete.");
    }
    const latest = state(ref);
    if (latest && awaits(latest)) throw new AgentError("conflict", "The step waits for its user's approval.");
    const again = latest?.status === "running" && !latest.released &&
      latest.owner_reservation_id === claimant.reservation.id;
    const own = latest?.status === "running" && (again || claimant.type === "planner" || latest.released)
      ? latest
      : undefined;
    const lost = latest?.status === "running" && latest.lease_expires_at <= clock.now();
    if (latest && !own && !lost && !answered(latest)) {
      throw new AgentError("conflict", "The step has been claimed already.");
    }

    if (latest && !own && lost) {
      const error = "its worker stopped before it had a result";
      Object.assign(latest, { status: "failed", error, finished_at: isoTime(clock) });
    }
    if (own) own.owner_reservation_id = claimant.reservation.id;
    if (own?.released) {
      own.released = false;
      own.lease_generation += 1;
      own.lease_expires_at = expiry(own.lease_seconds);
    }
    const earlier_results = needed.map(({ step_number, latest }) => ({
      step_number,
      result: latest?.result ?? null,
    }));
    const tools = step.tools.filter((tool) => claimant.allowed_tools.includes(tool));
    const initial_context = JsonObject.parse(
      stored({ task: step.task, goal: plan.goal, tools, earlier_results }),
    );
    const execution = own ?? insertExecution(ref, run, claimant, initial_context, latest);
    const reserved = reserve(tables, run.id, claimant.reservation);
    expireCalls(tables, run.id, clock);
    return parseClaim(stored({
      ...execution,
      reserved,
      agent_id: execution.executor_agent_id ?? run.agent_id,
      planner_agent_id: run.agent_id,
      thread_id: execution.agent_session_id,
      execution_id: execution.id,
      generation: claimant.type === "planner" ? run.lease_generation : execution.lease_generation,
      step,
      goal: plan.goal,
      user_message: plan.user_message,
      time_zone: run.request.time_zone,
      earlier_results,
      messages: messagesOf(tables, execution.agent_session_id),
      ...callsOfThread(tables, execution.agent_session_id),
    }));
  }

  /** The next attempt resumes the thread of the one before, as the same agent. */
  function insertExecution(
    ref: StepRef,
    run: Run,
    claimant: Claimant,
    initial_context: JsonObject,
    before?: Execution,
  ): Execution {
    const { id: run_id, session_id, agent_id: planner_agent_id } = run;
    const created_at = isoTime(clock);
    const open = { run_id, created_at, status: "active", finished_at: null };
    const executor_agent_id = before?.executor_agent_id ??
      (claimant.type === "executor" ? ids.random() : null);
    const agent_session_id = before?.agent_session_id ?? ids.random();
    if (!before) {
      if (executor_agent_id) tables.agents.push({ ...open, id: executor_agent_id, type: "executor" });
      const session_type = claimant.type === "executor" ? "planner_executor" : "planner_thinking";
      const thread = { ...ref, id: agent_session_id, planner_agent_id, executor_agent_id, initial_context };
      tables.threads.push({ ...open, ...thread, session_type });
    }
    const execution: Execution = {
      ...ref,
      id: ids.random(),
      run_id,
      attempt: (before?.attempt ?? 0) + 1,
      session_id,
      worker: claimant.type,
      executor_agent_id,
      agent_session_id,
      status: "running",
      result: null,
      error: null,
      usage: null,
      tool_calls_made: 0,
      duration_ms: null,
      lease_generation: 1,
      owner_reservation_id: claimant.reservation.id,
      lease_seconds: claimant.lease_seconds,
      lease_expires_at: expiry(claimant.lease_seconds),
      released: false,
      created_at,
      finished_at: null,
    };
    tables.executions.push(execution);
    return execution;
  }

  function view(ref: StepRef): StepView | null {
    if (!tables.plans.some((one) => one.id === ref.plan_id)) return null;
    const execution = state(ref);
    if (!execution) return null;
    const working = execution.status === "running";
    const lease_expired = working && execution.lease_expires_at <= clock.now();
    const released = working && execution.released;
    const standing = { lease_expired, released, answered: answered(execution), awaiting: awaits(execution) };
    return parseStepView(
      stored({ ...execution, ...standing, ...callsOfThread(tables, execution.agent_session_id) }),
    );
  }

  /** Its worker has let it go until a person decides. */
  function awaits({ status, released, run_id, agent_session_id }: Execution): boolean {
    return status === "running" && released &&
      waitingCalls(tables, run_id, clock).some((call) => call.agent_session_id === agent_session_id);
  }

  /** The planner's own steps belong to the run's owner, the others have owners of their own. Null: to nobody. */
  function latestGeneration({ worker, run_id, lease_generation }: Execution): number | null {
    if (worker !== "planner") return lease_generation;
    const run = findRun(tables, run_id);
    return run.released ? null : run.lease_generation;
  }

  function hold({ execution_id, generation }: StepLease): Execution {
    const execution = tables.executions.find((one) => one.id === execution_id);
    if (!execution) throw new AgentError("not_found", "There is no such execution.");
    if (execution.status !== "running" || generation !== latestGeneration(execution) || execution.released) {
      throw new LeaseLostError("stale");
    }
    execution.lease_expires_at = expiry(execution.lease_seconds);
    return execution;
  }

  function progress(execution: Execution, { rows, usage, tool_calls_made }: StepProgress) {
    appendRows(tables, execution.run_id, rows, isoTime(clock));
    Object.assign(execution, { usage, tool_calls_made });
  }

  function record(lease: StepLease, done: StepProgress): Recorded {
    const execution = hold(lease);
    progress(execution, done);
    const verdicts = verdictsOn(tables, done.rows.tool_calls);
    return { verdicts, ...heard(findRun(tables, execution.run_id)) };
  }

  function advance(lease: StepLease, done: StepProgress, next: Reservation, settled: Settlement | null) {
    const execution = hold(lease);
    progress(execution, done);
    return { ...reserveNext(execution.run_id, next, settled), ...heard(findRun(tables, execution.run_id)) };
  }

  function release(lease: StepLease, done: StepProgress | null, settled: Settlement | null) {
    const known = tables.executions.find(({ id }) => id === lease.execution_id);
    if (known?.status === "running" && known.released && known.lease_generation === lease.generation) return;
    const execution = hold(lease);
    settle(tables, settled);
    if (done) {
      progress(execution, done);
      execution.released = true;
      execution.lease_expires_at = clock.now();
    } else {
      execution.lease_generation += 1;
      execution.lease_expires_at = clock.now();
    }
  }

  function finish(lease: StepLease, outcome: StepOutcome, done: StepProgress) {
    const { status, result, error = null, duration_ms } = outcome;
    const known = tables.executions.find((one) => one.id === lease.execution_id);
    const again = known?.status === status && JSON.stringify(known.result) === JSON.stringify(result);
    if (known && again && latestGeneration(known) === lease.generation) return;
    const execution = hold(lease);
    progress(execution, done);
    settle(tables, outcome.settlement);
    const finished_at = isoTime(clock);
    Object.assign(execution, { status, result, error, duration_ms, finished_at });
    findRun(tables, execution.run_id).takeovers = 0;
    if (status === "needs_input") return;
    const end = {
      status: status === "failed" || status === "cancelled" ? status : "completed",
      finished_at,
    };
    for (const row of tables.threads) if (row.id === execution.agent_session_id) Object.assign(row, end);
    for (const row of tables.agents) {
      if (row.id === execution.executor_agent_id) Object.assign(row, end);
    }
  }

  function answered(execution: Execution): boolean {
    const last = messagesOf(tables, execution.agent_session_id).at(-1);
    return execution.status === "needs_input" && last?.kind === "answer";
  }

  function answer(ref: StepRef, lease: RunLease, { content, planner_agent_id, rows, usage }: PlannerAnswer) {
    const run = holdRun(lease);
    const execution = state(ref);
    if (!execution?.agent_session_id || execution.status !== "needs_input") {
      throw new AgentError("conflict", "The step has no open question.");
    }
    if (answered(execution)) return;
    const message: MessageRow = {
      id: ids.random(),
      agent_session_id: execution.agent_session_id,
      seq: (messagesOf(tables, execution.agent_session_id).at(-1)?.seq ?? 0) + 1,
      kind: "answer",
      sender_type: "planner",
      sender_agent_id: planner_agent_id,
      role: "user",
      content,
      created_at: isoTime(clock),
    };
    appendRows(tables, run.id, { ...rows, messages: [...rows.messages, message] }, isoTime(clock));
    Object.assign(run, { usage, takeovers: 0 });
  }

  function reserveNext(run_id: string, next: Reservation, settled: Settlement | null): Reserved {
    settle(tables, settled);
    return reserve(tables, run_id, next);
  }

  return {
    claim,
    view,
    record,
    advance,
    heartbeat: (lease: StepLease) => findRun(tables, hold(lease).run_id).cancel_requested_at !== null,
    release,
    finish,
    answer,
    reserve: (run_id: string, next: Reservation, settled: Settlement | null) => ({
      ...reserveNext(run_id, next, settled),
      ...heard(findRun(tables, run_id)),
    }),
  };
}

function isDone({ status }: Execution): boolean {
  return status === "completed" || status === "partial";
}
