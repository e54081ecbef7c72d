// A step for an executor without a planner: the rows before it are written by hand, as a signed-in user may, so that
// its plan can hold what no planner may put there.
import { createEngineClient } from "../../shared/db/clients.ts";
import { createStepInvoker } from "../../shared/http/executor_client.ts";
import type { LoneStep } from "./task.ts";
import type { TryStack, TryUser } from "./try_user.ts";

/** No longer than this may the step take before somebody could take its run for abandoned. */
const LEASE_MS = 10 * 60_000;

/** Writes a run with a plan of this one step, has it carried out, and gives the run's id. */
export async function runLoneStep(
  stack: TryStack,
  user: TryUser,
  step: LoneStep,
  { now, time_zone }: { now: Date; time_zone: string },
): Promise<string> {
  const run = await writeRun(user, step, { now, time_zone });
  const client = createEngineClient(stack, user.token, fetch);
  const events = createStepInvoker(client)(
    { plan_id: run.plan_id, step_number: 1 },
    { signal: new AbortController().signal },
  );
  for await (const event of events) if (event.type === "executor_result") break;
  return run.run_id;
}

async function writeRun(
  { client }: TryUser,
  step: LoneStep,
  { now, time_zone }: { now: Date; time_zone: string },
): Promise<{ run_id: string; plan_id: string }> {
  const id = async (
    query: PromiseLike<{ data: { id: string } | null; error: { message: string } | null }>,
  ) => {
    const { data, error } = await query;
    if (data === null) throw new Error(`Cannot write the rows of a step: ${error?.message ?? "no row"}`);
    return data.id;
  };
  const session_id = await id(
    client.from("chat_sessions").insert({ title: step.title, context_type: "general" }).select("id").single(),
  );
  const lease_expires_at = new Date(now.getTime() + LEASE_MS).toISOString();
  const run_id = await id(
    client.from("agent_runs").insert({
      ...{ session_id, time_zone, lease_expires_at },
      request: { message: step.task },
    }).select("id").single(),
  );
  const planner_agent_id = await id(
    client.from("agents").insert({
      ...{ type: "planner", name: `Planner-${session_id}`, permissions: "read_write", run_id },
      ...{ available_tools: step.tools, system_prompt: "", created_for_session: session_id },
      model_preference: { profile: "balanced", models: [] },
    }).select("id").single(),
  );
  const plan_id = await id(
    client.from("agent_plans").insert({
      ...{ session_id, run_id, planner_agent_id, user_message: step.task, goal: step.title },
      steps: [{ ...step, step_number: 1, executor_required: true, depends_on: [] }],
    }).select("id").single(),
  );
  return { run_id, plan_id };
}
