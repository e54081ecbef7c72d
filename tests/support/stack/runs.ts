// Runs that a test starts by hand, past the planner.
import { z } from "zod";
import { Budget } from "../../../shared/contracts/budget.ts";
import { ids } from "../../../shared/db/ids.ts";
import type { TestUser } from "./stack.ts";

const Started = z.object({ run_id: z.uuid(), session_id: z.uuid(), agent_id: z.uuid(), thread_id: z.uuid() });

/** What `start_run` takes as its agent, with a reservation of its own. */
export async function agentArgument(limits: Partial<Budget> = {}) {
  const { id, seal, secret } = await ids.sealed();
  const reservation = { id, seal, input_tokens: 100, output_tokens: 100 };
  const agent = {
    model_preference: { profile: "balanced", models: ["m"] },
    available_tools: [],
    system_prompt: "",
  };
  return {
    secret,
    reservation,
    agent: { ...agent, limits: Budget.parse({ running_runs: 1_000, ...limits }), reservation },
  };
}

/** A run with nobody working on it. */
export async function startedRun(
  user: TestUser,
  options: { request?: Record<string, string>; lease_seconds?: number; limits?: Partial<Budget> } = {},
) {
  const { agent, reservation, secret } = await agentArgument(options.limits);
  const { data, error } = await user.client.rpc("start_run", {
    p_request: { message: "Hi", time_zone: "UTC", request_key: crypto.randomUUID(), ...options.request },
    p_agent: agent,
    p_lease_seconds: options.lease_seconds ?? 60,
  });
  if (error) throw error;
  return { ...Started.parse(data), reservation, secret };
}
