// The run functions of the store in memory, each one transaction: what it refuses, it refuses before it writes.
import type { Clock } from "../../../shared/async/clock.ts";
import type { Ids } from "../../../shared/agents/ports.ts";
import type {
  OwnedRun,
  Reserved,
  RunClaim,
  RunLease,
  RunOutcome,
  Settlement,
  StartRequest,
} from "../../../shared/agents/store/records.ts";
import type { Batch, EventRow, Recorded } from "../../../shared/agents/store/rows.ts";
import type { PersonDecision } from "../../../shared/contracts/decision_request.ts";
import {
  AgentError,
  CancelledError,
  type Failure,
  LeaseLostError,
  RunAwaitsError,
  RunHasOwnerError,
} from "../../../shared/contracts/errors.ts";
import { isTerminal, type RunEvent, Strategy } from "../../../shared/contracts/events.ts";
import { addUsage, NO_USAGE, type Usage } from "../../../shared/contracts/usage.ts";
import { parseEvent, parseOwned, parseStart } from "../../../shared/db/parsed_rows.ts";
import {
  appendEvents,
  appendRows,
  checkMessages,
  findRun,
  heard,
  holdsItsKey,
  isoTime,
  messagesOf,
  reserve,
  settle,
} from "./memory_rows.ts";
import { callsOfThread, decideCalls, expireCalls, verdictsOn, waitingCalls } from "./memory_calls.ts";
import { closeRun } from "./memory_end.ts";
import { endOfLog, tellStepEnds } from "./memory_step_ends.ts";
import { addEvent, isAwaitingRun, pauseRun, supersedeCalls } from "./memory_pauses.ts";
import { stored } from "./memory_wire.ts";
import { insertRun } from "./memory_new_run.ts";
import { newestSummary } from "../summaries/memory_summaries.ts";
import type { Run, Tables } from "./memory_tables.ts";
import { toldEnd } from "./memory_told.ts";

/** A run with so many takeovers and no checkpoint between them is what kills its owners. */
const MAX_TAKEOVERS = 5;

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

export function memoryRuns(tables: Tables, clock: Clock, ids: Ids) {
  function start(order: StartRequest) {
    const { request, reservation, lease_seconds } = order;
    const { request_key, session_id = ids.random() } = request;
    const made = tables.reservations.find(({ id }) => id === reservation.id);
    const mine = made && tables.runs.find(({ id }) => id === made.run_id);
    if (mine?.status === "running" && !mine.released && mine.owner_reservation_id === reservation.id) {
      return parseStart(owned(mine, { existing: false, reserved: reserve(tables, mine.id, reservation) }));
    }
    if (mine) return parseStart({ existing: true, run_id: mine.id, session_id: mine.session_id });
    const isKnown = (run: Run) => same(run.request, request) && holdsItsKey(tables, run, clock.now());
    const known = tables.runs.findLast((run) =>
      request_key === undefined ? isKnown(run) : run.request.request_key === request_key
    );
    if (known && !same(known.request, request)) {
      throw new AgentError("conflict", "This request_key was used for another request.");
    }
    if (known) return parseStart({ existing: true, run_id: known.id, session_id: known.session_id });
    const unfinished = tables.runs.find((one) => one.session_id === session_id && isUnfinished(one));
    const has_owner = unfinished && (unfinished.lease_expires_at > clock.now() || unfinished.released);
    if (unfinished?.status === "running" && has_owner) {
      throw new AgentError(
        "conflict",
        "The session's previous run has not finished yet: wait for it, stop it, or read on.",
        {
          details: { run_id: unfinished.id },
        },
      );
    }
    if (unfinished) {
      unfinished.lease_generation += 1;
      supersede(unfinished);
    }

    const run: Run = {
      id: reservation.id,
      session_id,
      agent_id: ids.random(),
      thread_id: ids.random(),
      status: "running",
      strategy: null,
      request,
      usage: null,
      lease_generation: 1,
      owner_reservation_id: reservation.id,
      lease_seconds,
      lease_expires_at: expiry(lease_seconds),
      leased_at: clock.now(),
      worked_ms: 0,
      delivered: false,
      released: false,
      takeovers: 0,
      cancel_requested_at: null,
      created_at: isoTime(clock),
      finished_at: null,
    };
    insertRun(tables, ids, run);
    return parseStart(owned(run, { existing: false, reserved: reserve(tables, run.id, reservation) }));
  }

  function claim(run_id: string, { reservation, lease_seconds }: RunClaim): OwnedRun | null {
    const run = findRun(tables, run_id);
    if (!isUnfinished(run)) return null;
    if (isAwaiting(run)) throw new RunAwaitsError("The run waits for its user's approval.");
    const again = !run.released && run.owner_reservation_id === reservation.id;
    if (!again && run.lease_expires_at > clock.now()) {
      throw new RunHasOwnerError("The run is still being worked on.");
    }
    const { status: before, released: handed_over } = run;
    if (!again && !handed_over) run.takeovers += 1;
    run.released = false;
    if (!again) {
      run.lease_generation += 1;
      run.worked_ms += Math.max(0, run.lease_expires_at - run.leased_at);
      run.leased_at = clock.now();
    }
    run.status = "running";
    expireCalls(tables, run_id, clock);
    run.owner_reservation_id = reservation.id;
    run.lease_seconds = lease_seconds;
    run.lease_expires_at = expiry(lease_seconds);
    if (run.takeovers > MAX_TAKEOVERS) {
      endWithoutOwner(run, INTERRUPTED);
      return null;
    }
    const reserved = reserve(tables, run.id, reservation);
    if (!again && before === "running") {
      const why = handed_over ? "handed_over" : "lease_expired";
      addEvent(tables, run, { type: "taken_over", data: { generation: run.lease_generation, why } }, clock);
    }
    return parseOwned(owned(run, { reserved }));
  }

  function hold({ run_id, generation }: RunLease): Run {
    const run = findRun(tables, run_id);
    if (run.lease_generation !== generation || run.released) {
      throw new LeaseLostError("stale");
    }
    if (run.status !== "running") throw new AgentError("conflict", "The run has ended.");
    run.lease_expires_at = expiry(run.lease_seconds);
    return run;
  }

  function release(lease: RunLease, settled: Settlement | null) {
    const { lease_generation, released } = findRun(tables, lease.run_id);
    if (lease_generation === lease.generation && released) return;
    const run = hold(lease);
    settle(tables, settled);
    run.released = true;
    run.lease_expires_at = clock.now();
    run.takeovers = 0;
  }

  function park(lease: RunLease, batch: Batch, settled: Settlement | null): RunEvent | null {
    const run = findRun(tables, lease.run_id);
    const again = run.lease_generation === lease.generation && run.released;
    if (!again) {
      record(lease, batch);
      run.usage = batch.usage ?? run.usage;
      const open = waitingCalls(tables, run.id, clock);
      release(lease, settled);
      if (open.length > 0 && run.cancel_requested_at === null) pauseRun(tables, run, open, clock);
    }
    if (run.status !== "awaiting_approval") return null;
    const paused = tables.events.findLast((event) => event.run_id === run.id && event.type === "run_paused");
    return parseEvent(stored(paused ?? {}));
  }

  /** What waits for a person waits no more; of any other, the owner is lost. */
  function supersede(run: Run) {
    if (run.status === "running" || run.cancel_requested_at !== null) {
      return endWithoutOwner(run, INTERRUPTED);
    }
    supersedeCalls(tables, run, clock);
    const end = { status: "cancelled" as const, finished_reason: "superseded" as const };
    endWith(run, end, { type: "done", data: end });
  }

  const isAwaiting = (run: Run) => isAwaitingRun(tables, run, clock);

  function record(lease: RunLease, batch: Batch): Recorded {
    const run = hold(lease);
    checkMessages(tables, batch.messages);
    appendEvents(tables, run.id, batch.events);
    appendRows(tables, run.id, batch, isoTime(clock));
    const checkpoint = batch.messages.length > 0;
    if (checkpoint) Object.assign(run, { usage: batch.usage ?? run.usage, takeovers: 0 });
    return { verdicts: verdictsOn(tables, batch.tool_calls), ...heard(run) };
  }

  function finish(lease: RunLease, outcome: RunOutcome, batch: Batch): RunEvent[] {
    const { status, strategy, finished_reason, error } = outcome;
    const known = findRun(tables, lease.run_id);
    if (known.status === status && known.lease_generation === lease.generation) {
      return endOfLog(tables, known, batch);
    }
    const run = hold(lease);
    if (run.cancel_requested_at !== null && status === "completed") {
      throw new CancelledError("cancel_requested");
    }
    const usage = usageOf(run, outcome.usage);
    checkMessages(tables, batch.messages);
    appendRows(tables, run.id, batch, isoTime(clock));
    const told = error && toldError(run, error);
    appendEvents(
      tables,
      run.id,
      batch.events.map((event) =>
        event.type === "error" && told ? { ...event, data: { ...event.data, ...told } } : event
      ),
    );
    settle(tables, outcome.settlement);
    closeRun(tables, run, { status, strategy, usage, finished_reason, error: told }, isoTime(clock));
    tellStepEnds(tables, run, clock);
    stamp(run, usage, outcome.answer);
    return endOfLog(tables, run, batch);
  }

  /**
   * The terminal event tells what only the end knows: what the whole run has cost, how its plan ended, and which
   * message of the session tells of it.
   */
  function stamp(run: Run, usage: Usage, answer = toldEnd(tables, run)) {
    const { id, session_id } = run;
    const message_id = ids.random();
    tables.chat_messages.push({ id: message_id, run_id: id, session_id, role: "assistant", content: answer });
    const terminal = tables.events.findLast((event) => event.run_id === id && isTerminal(event));
    const plan_status = tables.plans.findLast((plan) => plan.run_id === id)?.status;
    if (!terminal) return;
    terminal.data = { ...terminal.data, message_id, ...(terminal.type === "done" && { usage }) };
    if (plan_status !== undefined) terminal.data = { ...terminal.data, plan_status };
  }

  function terminalOf({ id }: Run): RunEvent {
    return parseEvent(stored(tables.events.find((event) => event.run_id === id && isTerminal(event)) ?? {}));
  }

  /** What the planner's own calls have cost, with what every attempt at a step has. */
  function usageOf(run: Run, own: Usage): Usage {
    return tables.executions
      .flatMap((one) => one.run_id === run.id && one.usage ? [one.usage] : [])
      .reduce(addUsage, own);
  }

  function fail({ run_id, generation }: RunLease, error: Failure): RunEvent {
    const run = findRun(tables, run_id);
    if (run.lease_generation !== generation || run.released) {
      throw new LeaseLostError("stale");
    }
    if (isUnfinished(run)) endAsFailed(run, error);
    return terminalOf(run);
  }

  /** Nobody is told to send a message again whose run has changed something before it failed. */
  function toldError(run: Run, error: Failure): Failure {
    const wrote = tables.tool_calls.some((call) =>
      call.run_id === run.id && call.access === "write" && call.status === "succeeded"
    );
    if (!error.retryable || !wrote) return error;
    const message = error.message.replace(/ Please (try again|send the message again)[^.]*\.$/, "") +
      " Something had been changed by then: please look at it before you ask again.";
    return { ...error, retryable: false, message };
  }

  function endAsFailed(run: Run, cause: Failure) {
    const error = toldError(run, cause);
    endWith(run, { status: "failed", error }, { type: "error", data: { ...error } });
  }

  /** As cancelled, where its user had asked for that. */
  function endWithoutOwner(run: Run, error: Failure) {
    const cancelled = { status: "cancelled" as const, finished_reason: "cancelled" as const };
    if (run.cancel_requested_at === null) endAsFailed(run, error);
    else endWith(run, cancelled, { type: "done", data: cancelled });
  }

  function endWith(run: Run, outcome: Partial<Run>, terminal: Pick<EventRow, "type" | "data">) {
    addEvent(tables, run, terminal, clock);
    const told = tables.events.findLast((event) => event.run_id === run.id && event.type === "analysis");
    const strategy = Strategy.nullable().parse(told?.data.strategy ?? null);
    const usage = usageOf(run, run.usage ?? NO_USAGE);
    closeRun(tables, run, { ...outcome, strategy, usage }, isoTime(clock));
    tellStepEnds(tables, run, clock);
    stamp(run, usage);
  }

  function deliver(run_id: string) {
    const run = findRun(tables, run_id);
    if (run.finished_at !== null) run.delivered = true;
  }

  function cancel(run_id: string) {
    const run = findRun(tables, run_id);
    if (isUnfinished(run)) run.cancel_requested_at ??= isoTime(clock);
  }

  function follow(
    run_id: string,
    after: number,
  ): { events: RunEvent[]; ended: boolean; lease_expired: boolean; awaiting: boolean } {
    const run = findRun(tables, run_id);
    const log = tables.events.filter((event) => event.run_id === run_id);
    if (after > log.length) {
      throw new AgentError("bad_request", "beyond_the_log", { details: { last: String(log.length) } });
    }
    const events = log.filter((event) => event.seq > after);
    return {
      events: events.map((event) => parseEvent(stored(event))),
      ended: run.finished_at !== null,
      awaiting: isAwaiting(run),
      lease_expired: isUnfinished(run) && run.lease_expires_at <= clock.now() && !isAwaiting(run),
    };
  }

  /** The conversation before the run's message, as `private.session_history` tells it. */
  function history({ id, session_id }: Run) {
    const said = tables.chat_messages.filter((one) => one.session_id === session_id);
    const before = said.slice(0, said.findIndex((one) => one.run_id === id));
    const newest = newestSummary(tables, session_id);
    const left = before.slice(newest?.upto_seq ?? 0).map(({ role, content }) => ({ role, content }));
    return { summary: newest?.content ?? null, history: left, history_cut: false };
  }

  function owned(run: Run, more: { existing?: false; reserved: Reserved }): unknown {
    const messages = messagesOf(tables, run.thread_id);
    const opened = tables.threads.find((thread) => thread.id === run.thread_id)?.initial_context;
    const events = tables.events.filter((event) => event.run_id === run.id);
    const said = events.findLast((event) => event.type === "text")?.data;
    const executions = tables.executions.filter((one) => one.run_id === run.id);
    return stored({
      ...run,
      ...more,
      run_id: run.id,
      generation: run.lease_generation,
      message: run.request.message,
      time_zone: run.request.time_zone,
      worked_ms: run.worked_ms,
      cancel_requested: run.cancel_requested_at !== null,
      opening: messages.length > 0 ? null : { ...history(run), overview: {}, entity: null, shown_rows: [] },
      history: opened?.history ?? [],
      summary_due: opened?.summary_due ?? null,
      messages,
      ...callsOfThread(tables, run.thread_id),
      events: events.filter((event) => event.type !== "text").map((event) => {
        const { data: _found, ...data } = event.data;
        return { ...event, data };
      }),
      last_seq: events.length,
      last_text: said ? { part: said.part, message_id: said.message_id } : null,
      plans: tables.plans.filter((plan) => plan.run_id === run.id),
      steps: executions.filter((one) =>
        !executions.some((other) =>
          other.plan_id === one.plan_id && other.step_number === one.step_number &&
          other.attempt > one.attempt
        )
      ),
    });
  }

  const expiry = (seconds: number) => clock.now() + seconds * 1_000;

  return {
    start,
    claim,
    heartbeat: (lease: RunLease) => hold(lease).cancel_requested_at !== null,
    hold,
    release,
    park,
    record,
    finish,
    fail,
    cancel,
    decide: (run_id: string, decisions: readonly PersonDecision[]) =>
      decideCalls(tables, findRun(tables, run_id), decisions, clock),
    deliver,
    follow,
  };
}

const isUnfinished = ({ status }: Run) => status === "running" || status === "awaiting_approval";

const INTERRUPTED: Failure = {
  kind: "internal",
  retryable: true,
  message: "The run was interrupted and did not finish. Please send the message again.",
};
