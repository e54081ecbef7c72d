// The agents' memory in Postgres. Every method is one request and one transaction, under the caller's rights.
import { z } from "zod";
import type { Store } from "../agents/ports.ts";
import type { Budget } from "../contracts/budget.ts";
import { AgentError } from "../contracts/errors.ts";
import { cleanJson, type Json } from "../contracts/text.ts";
import type { UserClient } from "./clients.ts";
import type { Database } from "./database.types.ts";
import { databaseError } from "./database_error.ts";
import { parseClaim, parseStart } from "./rows.ts";

type Functions = Database["public"]["Functions"];

/** The store of one user. Errors: `not_found`, `conflict`, `unauthenticated`, `internal`. */
export function createStore(db: UserClient, budget: Budget): Store {
  async function call<Name extends keyof Functions & string>(name: Name, args: Functions[Name]["Args"]) {
    const { data, error } = await db.rpc(name, args);
    if (error) throw databaseError(error);
    return data;
  }

  return {
    async startRun({ request, agent, reservation, lease_seconds }) {
      return parseStart(
        await call("start_run", {
          p_request: json(request),
          p_agent: json({ ...agent, limits: budget, reservation }),
          p_lease_seconds: lease_seconds,
        }),
      );
    },
    async recordProgress(run_id, batch) {
      await call("record_progress", { p_run_id: run_id, p_batch: json(batch) });
    },
    async finishRun(run_id, outcome, batch) {
      await call("finish_run", { p_run_id: run_id, p_outcome: json(outcome), p_batch: json(batch) });
    },
    async failRun(run_id, error) {
      await call("fail_run", { p_run_id: run_id, p_error: json(error) });
    },
    async cancelRequested(run_id) {
      const { data, error } = await db.from("agent_runs").select("cancel_requested_at").eq("id", run_id)
        .maybeSingle();
      if (error) throw databaseError(error);
      return data?.cancel_requested_at != null;
    },
    async claimStep({ plan_id, step_number }, agent) {
      return parseClaim(
        await call("claim_step", {
          p_plan_id: plan_id,
          p_step_number: step_number,
          p_agent: json({ ...agent, limits: budget }),
        }),
      );
    },
    async finishStep(execution_id, outcome, rows) {
      const { input_tokens, output_tokens } = outcome.usage;
      await call("finish_step", {
        p_execution_id: execution_id,
        p_outcome: json({ ...outcome, tokens_used: input_tokens + output_tokens }),
        p_batch: json(rows),
      });
    },
    async reserveUsage(run_id, next, settled) {
      const data = await call("reserve_usage", {
        p_run_id: run_id,
        p_reservation: json(next),
        p_settlement: settled && json(settled),
        p_limits: budget,
      });
      return z.object({ over: z.string().nullable() }).parse(data).over;
    },
    async settleUsage(settled) {
      await call("settle_usage", { p_settlement: json(settled) });
    },
    async answerStep({ plan_id, step_number }, answer, planner_agent_id) {
      await call("answer_step", {
        p_plan_id: plan_id,
        p_step_number: step_number,
        p_answer: json({ content: answer, planner_agent_id }),
      });
    },
  };
}

/** As JSON that Postgres takes: no undefined, no NUL, no half surrogate. */
function json(value: object): Json {
  const parsed = z.json().safeParse(JSON.parse(JSON.stringify(value)));
  if (!parsed.success) {
    throw new AgentError("internal", "Something could not be stored.", { cause: parsed.error });
  }
  return cleanJson(parsed.data);
}
