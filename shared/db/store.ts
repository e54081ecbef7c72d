// The agents' memory in Postgres. Every method is one request and one transaction, under the caller's rights.
import { z } from "zod";
import type { Store } from "../agents/ports.ts";
import type { RunLease, StepLease, StepProgress } from "../agents/store/records.ts";
import type { RunLimits } from "../contracts/budget.ts";
import { sessionTitle } from "../contracts/session_title.ts";
import { storableJson } from "../contracts/storable_json.ts";
import type { Json } from "../contracts/text.ts";
import type { EngineClient } from "./clients.ts";
import type { Database } from "./engine.types.ts";
import { databaseError } from "./database_error.ts";
import {
  parseClaim,
  parseEvent,
  parseEvents,
  parseOwned,
  parseRecorded,
  parseReserved,
  parseStart,
  parseStepView,
  parseUnsummarised,
} from "./parsed_rows.ts";
import type { ENGINE_SCHEMA } from "./schema.ts";

type Functions = Database[typeof ENGINE_SCHEMA]["Functions"];

/** One function of the database, under the user's rights. */
type Call = <Name extends keyof Functions & string>(
  name: Name,
  args: Functions[Name]["Args"],
) => Promise<unknown>;

/** The store of one user. Errors: `not_found`, `conflict`, `unauthenticated`, `internal`, StoreUnavailable. */
export function createStore(db: EngineClient, limits: RunLimits): Store {
  const call: Call = async (name, args) => {
    const { data, error, status } = await db.rpc(name, args);
    if (error) throw databaseError(error, status);
    return data;
  };
  return { ...runs(call, limits), ...steps(call, limits), ...ledger(call, limits), ...summaries(call) };
}

function runs(call: Call, limits: RunLimits) {
  return {
    async startRun({ request, agent, reservation, lease_seconds }) {
      return parseStart(
        await call("start_run", {
          p_request: storableJson(request),
          p_agent: storableJson({ ...agent, title: sessionTitle(request.message), limits, reservation }),
          p_lease_seconds: lease_seconds,
        }),
      );
    },
    async claimRun(run_id, { reservation, lease_seconds }) {
      const data = await call("claim_run", {
        p_run_id: run_id,
        p_lease_seconds: lease_seconds,
        p_reservation: storableJson(reservation),
        p_limits: limits,
      });
      return data === null ? null : parseOwned(data);
    },
    async heartbeatRun(lease) {
      return Cancelled.parse(await call("heartbeat_run", owner(lease)));
    },
    async releaseRun(lease, settled) {
      await call("release_run", { ...owner(lease), p_settlement: settled && storableJson(settled) });
    },
    async parkRun(lease, batch, settled) {
      const data = await call("park_run", {
        ...owner(lease),
        p_batch: storableJson(filled(batch)),
        p_settlement: settled && storableJson(settled),
      });
      return data === null ? null : parseEvent(data);
    },
    async recordProgress(lease, batch) {
      return parseRecorded(
        await call("record_progress", { ...owner(lease), p_batch: storableJson(filled(batch)) }),
      );
    },
    async finishRun(lease, outcome, batch) {
      const data = await call("finish_run", {
        ...owner(lease),
        p_outcome: storableJson(outcome),
        p_batch: storableJson(filled(batch)),
      });
      return parseEvents(data);
    },
    async failRun(lease, error) {
      return parseEvent(await call("fail_run", { ...owner(lease), p_error: storableJson(error) }));
    },
  } satisfies Partial<Store>;
}

function steps(call: Call, limits: RunLimits) {
  return {
    async claimStep({ plan_id, step_number }, agent) {
      return parseClaim(
        await call("claim_step", {
          p_plan_id: plan_id,
          p_step_number: step_number,
          p_agent: storableJson({ ...agent, limits }),
        }),
      );
    },
    async viewStep({ plan_id, step_number }) {
      const data = await call("get_step", { p_plan_id: plan_id, p_step_number: step_number });
      return data === null ? null : parseStepView(data);
    },
    async recordStep(lease, progress) {
      return parseRecorded(await call("record_step", { ...worker(lease), p_progress: handedIn(progress) }));
    },
    async advanceStep(lease, progress, next, settled) {
      const data = await call("advance_step", {
        ...worker(lease),
        p_progress: handedIn(progress),
        p_reservation: storableJson(next),
        p_settlement: settled && storableJson(settled),
        p_limits: limits,
      });
      return parseReserved(data);
    },
    async heartbeatStep(lease) {
      return Cancelled.parse(await call("heartbeat_step", worker(lease)));
    },
    async releaseStep(lease, progress, settled) {
      await call("release_step", {
        ...worker(lease),
        p_progress: progress && handedIn(progress),
        p_settlement: settled && storableJson(settled),
      });
    },
    async finishStep(lease, outcome, progress) {
      await call("finish_step", {
        ...worker(lease),
        p_outcome: storableJson(outcome),
        p_progress: handedIn(progress),
      });
    },
    async answerStep({ plan_id, step_number }, { generation }, answer) {
      await call("answer_step", {
        p_plan_id: plan_id,
        p_step_number: step_number,
        p_generation: generation,
        p_answer: storableJson({ ...answer, rows: filled(answer.rows) }),
      });
    },
  } satisfies Partial<Store>;
}

function ledger(call: Call, limits: RunLimits) {
  return {
    async reserveUsage(run_id, next, settled) {
      const data = await call("reserve_usage", {
        p_run_id: run_id,
        p_reservation: storableJson(next),
        p_settlement: settled && storableJson(settled),
        p_limits: limits,
      });
      return parseReserved(data);
    },
    async settleUsage(settled) {
      await call("settle_usage", { p_settlement: storableJson(settled) });
    },
  } satisfies Partial<Store>;
}

function summaries(call: Call) {
  return {
    async readUnsummarised(run_id) {
      return parseUnsummarised(await call("unsummarised", { p_run_id: run_id }));
    },
    async addSummary(run_id, summary, settled) {
      const data = await call("add_summary", {
        p_run_id: run_id,
        p_summary: storableJson(summary),
        p_settlement: settled && storableJson(settled),
      });
      return z.boolean().parse(data);
    },
  } satisfies Partial<Store>;
}

const Cancelled = z.boolean();

function owner({ run_id, generation }: RunLease) {
  return { p_run_id: run_id, p_generation: generation };
}

function worker({ execution_id, generation }: StepLease) {
  return { p_execution_id: execution_id, p_generation: generation };
}

/** Rows by table, without the tables that have none: the database has less to look at. */
function filled(rows: object): object {
  return Object.fromEntries(
    Object.entries(rows).filter(([, value]) => !Array.isArray(value) || value.length > 0),
  );
}

function handedIn({ rows, ...rest }: StepProgress): Json {
  return storableJson({ ...rest, rows: filled(rows) });
}
