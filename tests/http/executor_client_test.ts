// What an executor refuses, as its planner hears it over HTTP.
import assert from "node:assert/strict";
import { AgentError, RUN_BUDGET, RunBudgetError } from "../../shared/contracts/errors.ts";
import { createEngineClient } from "../../shared/db/clients.ts";
import { createStepInvoker } from "../../shared/http/executor_client.ts";

/** What the planner gets from an executor that answers with this error. */
async function refusal(status: number, error: Record<string, string>): Promise<unknown> {
  const config = { url: "http://127.0.0.1:1", publishable_key: "k" };
  const db = createEngineClient(config, "token", () => Promise.resolve(Response.json({ error }, { status })));
  const step = { plan_id: crypto.randomUUID(), step_number: 1 };
  const { signal } = new AbortController();
  return await Array.fromAsync(createStepInvoker(db)(step, { signal })).catch((thrown: unknown) => thrown);
}

Deno.test("a run's budget that is used up is told apart from a limit that passes", async () => {
  const said = { kind: "rate_limited", message: "Used up." };
  assert.ok(await refusal(429, { ...said, limit: RUN_BUDGET }) instanceof RunBudgetError);
  const passing = await refusal(429, said);
  assert.ok(passing instanceof AgentError && !(passing instanceof RunBudgetError));
  assert.equal(passing.kind, "rate_limited");
});
