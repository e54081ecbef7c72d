// The agents' memory without a database: what the SQL functions of supabase/migrations promise, for one user and
// without budgets. Each call is one transaction; leases run out on the clock that it is given.
import type { Clock } from "../../../shared/async/clock.ts";
import type { Ids, Store } from "../../../shared/agents/ports.ts";
import type { PersonDecision } from "../../../shared/contracts/decision_request.ts";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import { settle } from "./memory_rows.ts";
import { memoryRuns } from "./memory_runs.ts";
import { memorySummaries } from "../summaries/memory_summaries.ts";
import { memorySteps } from "./memory_steps.ts";
import { emptyTables, type Tables } from "./memory_tables.ts";

export interface MemoryStore extends Store {
  readonly tables: Tables;
  /** The user asks for the run to stop. */
  cancelRun(run_id: string): void;
  /** A reader was given the end of the run. */
  markDelivered(run_id: string): void;
  /** The events after `after`, and whether there is anybody to make more. */
  followRun(run_id: string, after: number): {
    events: RunEvent[];
    ended: boolean;
    lease_expired: boolean;
    awaiting: boolean;
  };
  /** A person decides; gives the calls that wait still. Errors: `conflict`. */
  decide(run_id: string, decisions: readonly PersonDecision[]): { open: string[] };
}

export function memoryStore(clock: Clock, ids: Ids): MemoryStore {
  const tables = emptyTables();
  const runs = memoryRuns(tables, clock, ids);
  const summaries = memorySummaries(tables);
  const steps = memorySteps(tables, { clock, ids, holdRun: runs.hold });
  return {
    tables,
    cancelRun: runs.cancel,
    decide: runs.decide,
    markDelivered: runs.deliver,
    followRun: runs.follow,
    startRun: request(runs.start),
    claimRun: request(runs.claim),
    heartbeatRun: request(runs.heartbeat),
    releaseRun: request(runs.release),
    parkRun: request(runs.park),
    recordProgress: request(runs.record),
    finishRun: request(runs.finish),
    failRun: request(runs.fail),
    claimStep: request(steps.claim),
    viewStep: request(steps.view),
    recordStep: request(steps.record),
    advanceStep: request(steps.advance),
    heartbeatStep: request(steps.heartbeat),
    releaseStep: request(steps.release),
    finishStep: request(steps.finish),
    reserveUsage: request(steps.reserve),
    readUnsummarised: request(summaries.unsummarised),
    addSummary: request(summaries.add),
    settleUsage: request((settled) => settle(tables, settled)),
    answerStep: request(steps.answer),
  };
}

/** The arguments as they are now, carried out a little later. */
function request<Args extends unknown[], T>(work: (...args: Args) => T): (...args: Args) => Promise<T> {
  return async (...args) => {
    const sent = structuredClone(args);
    await Promise.resolve();
    return work(...sent);
  };
}
