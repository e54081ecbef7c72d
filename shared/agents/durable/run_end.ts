// How a run ends in its log: with the terminal event of its outcome, in one transaction with everything that waits.
import {
  CancelledError,
  type Failure,
  LeaseLostError,
  StoreUnavailable,
  toAgentError,
} from "../../contracts/errors.ts";
import type { EventBody, RunEvent } from "../../contracts/events.ts";
import type { Log, Store } from "../ports.ts";
import type { RunLease, RunOutcome } from "../store/records.ts";
import { type Batch, eventRow } from "../store/rows.ts";

interface RunEnd {
  lease: RunLease;
  store: Pick<Store, "finishRun">;
  /** Everything that waits. */
  batch: Batch;
  /** Makes the event that follows the batch. */
  last(body: EventBody): RunEvent;
}

/** Gives how the log ends, as it is stored. A run that its user cancelled first ends as cancelled. */
export async function storeEnd(outcome: RunOutcome, end: RunEnd): Promise<RunEvent[]> {
  try {
    return await storeOutcome(outcome, end);
  } catch (error) {
    if (!(error instanceof CancelledError)) throw error;
    const { strategy, usage, settlement } = outcome;
    const finished_reason = "cancelled";
    return await storeOutcome({ status: "cancelled", strategy, usage, finished_reason, settlement }, end);
  }
}

async function storeOutcome(outcome: RunOutcome, { lease, store, batch, last }: RunEnd): Promise<RunEvent[]> {
  const terminal = last(terminalEvent(outcome));
  const events = [...batch.events, eventRow(terminal)];
  return await store.finishRun(lease, outcome, { ...batch, events });
}

interface LastResort {
  lease: RunLease;
  store: Pick<Store, "failRun">;
  log: Log;
}

/**
 * The last resort: what waits can't be stored, so the run ends as failed without it, unless this owner is fenced out.
 * Gives the terminal event as it is stored, or null when the run is not ours to end.
 */
export async function storeFailure(
  cause: unknown,
  { lease, store, log }: LastResort,
): Promise<RunEvent | null> {
  const { run_id } = lease;
  log.error("cannot finish the run", { run_id, error: cause });
  // The next owner settles the rest: what only passes may have passed by then.
  if (cause instanceof LeaseLostError || cause instanceof StoreUnavailable) return null;
  const { kind, message, retryable } = toAgentError(cause);
  try {
    return await store.failRun(lease, { kind, message, retryable });
  } catch (error) {
    log.error("cannot fail the run", { run_id, error });
    return null;
  }
}

function terminalEvent(outcome: RunOutcome): EventBody {
  if (outcome.status === "failed") {
    const failure: Failure = outcome.error ?? toAgentError(undefined);
    return { type: "error", kind: failure.kind, message: failure.message, retryable: failure.retryable };
  }
  return {
    type: "done",
    status: outcome.status,
    usage: outcome.usage,
    finished_reason: outcome.finished_reason ?? "answered",
  };
}
