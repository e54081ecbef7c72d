// How long a run stands still when the process that works on it is killed: what is left of its lease, and what
// comes on top before the next owner speaks to a reader who has come again.
import postgres from "postgres";
import { z } from "zod";
import { createAgentClient } from "../../client/mod.ts";
import { MODEL_ID } from "../../dev/model/reply.ts";
import { startShortLivedFunctions } from "../support/short_lived/short_lived_functions.ts";
import type { Stack } from "../../dev/stack.ts";
import { addTurns, endScript } from "../support/models/model_script.ts";
import { newPerson } from "../support/stack/person.ts";
import type { FigureGroup } from "./report.ts";
import { ms, quantile, spread } from "./stats.ts";

const KILLS = 30;
const LEASE_SECONDS = 2;
/** How often an owner renews its lease. */
const HEARTBEAT_MS = LEASE_SECONDS * 1_000 / 3;
const LONG = Array.from({ length: 400 }, (_, i) => `word${i}`).join(" ");

const Lease = z.tuple([z.object({ left_ms: z.coerce.number() })]);

/** Owners killed while the model streams, at all moments between two of their signs of life. */
export async function takeovers(stack: Stack): Promise<FigureGroup> {
  const { publishable_key, model } = stack;
  await using cleanup = new AsyncDisposableStack();
  const sql = postgres(stack.database_url, { max: 1, onnotice: () => {} });
  cleanup.defer(() => sql.end());
  const functions = cleanup.use(
    await startShortLivedFunctions({
      auth_and_rest: stack.url,
      publishable_key,
      settings: {
        LLM_BASE_URL: model.url,
        LLM_API_KEY: "demo",
        LLM_BALANCED_MODELS: MODEL_ID,
        LLM_SPEED_MODELS: MODEL_ID,
        RUN_LEASE_SECONDS: String(LEASE_SECONDS),
      },
      limit_ms: Infinity,
      spare: { "agent-planner": 3, "agent-executor": 1 },
      log: () => {},
    }),
  );
  const person = await newPerson(stack);
  const client = createAgentClient({ url: functions.url, publishable_key, token: () => person.token });

  const still: number[] = [];
  const left: number[] = [];
  for (let i = 0; i < KILLS; i += 1) {
    await addTurns(model.url, person.pseudonym, [{ text: LONG, tokens_per_second: 50 }, { text: "Done." }]);
    const run = await client.startRun({ message: "Tell me everything." });
    let killed = NaN;
    let end = "";
    for await (const event of run.events()) {
      if (event.type === "text" && Number.isNaN(killed)) {
        await new Promise((resolve) => setTimeout(resolve, i * HEARTBEAT_MS / KILLS));
        await functions.workers.findLast(({ request }) => request === "POST /agent-planner")?.kill();
        killed = performance.now();
        left.push(await leaseLeft(run.run_id));
      }
      if (event.type === "text_withdrawn") still.push(performance.now() - killed);
      if (event.type === "done") end = event.status;
    }
    if (end !== "completed") throw new Error(`A run of the benchmark did not complete: ${end}`);
    await endScript(model.url, person.pseudonym);
  }

  async function leaseLeft(run_id: string): Promise<number> {
    const [{ left_ms }] = Lease.parse([
      ...await sql`
        select extract(epoch from lease_expires_at - clock_timestamp()) * 1000 as left_ms
        from agent_runs where id = ${run_id}`,
    ]);
    return left_ms;
  }

  const figure = (what: string, samples: number[], aim: string) => ({
    what,
    result: `${ms(quantile(samples, 0.5))}, p99 ${ms(quantile(samples, 0.99))}`,
    aim,
    detail: spread(samples),
  });
  return {
    title: `A run whose owner is killed, lease ${LEASE_SECONDS} s`,
    figures: [
      figure("kill to the first event of the next owner", still, ""),
      figure("what was left of the lease at the kill", left, ""),
      figure(
        "what comes on top of the lease",
        still.map((time, i) => time - (left[i] ?? NaN)),
        "p99 below 1 s",
      ),
    ],
  };
}
