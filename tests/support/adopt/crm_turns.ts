// What the demo user of the CRM does on its stack: a plan with executors side by side, a write and its undo, a write
// that waits for them, and the same over both protocols of other people's.
import assert from "node:assert/strict";
import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import { z } from "zod";
import {
  type AgentClient,
  answerOf,
  createAgentClient,
  initialRunState,
  reduceRun,
  type RunState,
} from "../../../client/mod.ts";
import { Effect } from "../../../shared/contracts/approval.ts";
import type { ReadEvent } from "../../../shared/contracts/read_event.ts";
import { framesIn, saidIn, userMessage } from "../stack/projected.ts";
import { doTask, type RunningStack, type TaskRun } from "./task_runs.ts";

/** The sentence of docs/adopt.md. */
export const SENTENCE =
  'Show the lead deals of Acme, list tickets and create a deal "Expansion" for Acme with amount 5000';

const Deal = z.object({ id: z.uuid(), title: z.string(), stage: z.string(), amount: z.number() });

export interface CrmUser {
  agent: AgentClient;
  token: string;
  client: SupabaseClient;
}

/** The demo user, with a client of the engine's and one of the project's tables. */
export async function crmUser(stack: RunningStack, schema: string): Promise<CrmUser> {
  const { url, publishable_key } = stack;
  const client = createClient(url, publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
  });
  const { data, error } = await client.auth.signInWithPassword(stack.demo_user);
  if (error) throw error;
  const token = data.session.access_token;
  return { client, token, agent: createAgentClient({ url, publishable_key, token, schema }) };
}

export async function dealsCalled({ client }: CrmUser, title: string): Promise<z.infer<typeof Deal>[]> {
  const { data, error } = await client.from("deals").select("id, title, stage, amount").eq("title", title);
  if (error) throw error;
  return z.array(Deal).parse(data);
}

/** A message's events to their end, or to where it waits. */
export async function turnOf(
  { agent }: CrmUser,
  message: string,
): Promise<{ events: ReadEvent[]; state: RunState }> {
  const run = await agent.startRun({ message, time_zone: "UTC" });
  const events = await Array.fromAsync(run.events());
  return { events, state: events.reduce(reduceRun, initialRunState(run.run_id)) };
}

/** `deno task ask` makes a plan whose executors work side by side, and a deal for the customer that one of them found. */
export async function askedForADeal(
  clone: string,
  app: string,
  stack: RunningStack,
  user: CrmUser,
): Promise<TaskRun> {
  const run = await doTask(clone, ["ask", "--project", app, "--port", new URL(stack.url).port, SENTENCE]);
  const { runs: [newest] } = await user.agent.listRuns({ limit: 1 });
  assert.ok(newest);
  const events = await Array.fromAsync(user.agent.events(newest.id));
  const state = events.reduce(reduceRun, initialRunState(newest.id));
  assert.equal(state.strategy, "complex");
  assert.ok(atOnce(events) >= 2, "at least two executors worked at the same time");
  assert.match(run.output, /Expansion/);
  const [deal, ...more] = await dealsCalled(user, "Expansion");
  assert.deepEqual(more, []);
  assert.deepEqual([deal?.stage, deal?.amount], ["lead", 5000]);
  return run;
}

/** The most steps that were under way at one moment. */
function atOnce(events: readonly ReadEvent[]): number {
  let most = 0;
  const under_way = new Set<number>();
  for (const event of events) {
    if (event.type === "step_start") under_way.add(event.step_number);
    if (event.type === "step_complete") under_way.delete(event.step_number);
    most = Math.max(most, under_way.size);
  }
  return most;
}

/** What the run has changed is taken back, once. */
export async function undone(user: CrmUser): Promise<void> {
  const { runs: [newest] } = await user.agent.listRuns({ limit: 1 });
  assert.ok(newest);
  const { undone, stopped } = await user.agent.undo(newest.id);
  assert.deepEqual([undone.length, stopped], [1, null]);
  assert.deepEqual(await dealsCalled(user, "Expansion"), []);
}

/** A change that is asked about: its person sees what it is and what it would be, and approves that. */
export async function approvedChange(user: CrmUser): Promise<void> {
  const { events, state } = await turnOf(user, 'Set the stage of the deal "Migration" to won');
  assert.equal(state.status, "awaiting_approval", answerOf(state) ?? "");
  const [approval, ...others] = state.approvals;
  assert.deepEqual(others, []);
  const [effect, ...more] = z.array(Effect).parse(approval?.effects);
  assert.deepEqual(more, []);
  assert.ok(effect?.op === "update", JSON.stringify(approval));
  const { table, title, changes } = effect;
  assert.deepEqual([table, title, changes.stage], ["public.deals", "Migration", ["qualified", "won"]]);
  assert.deepEqual((await dealsCalled(user, "Migration")).map(({ stage }) => stage), ["qualified"]);

  const { tool_call_id, arguments_sha256 } = approval ?? assert.fail("nothing was asked");
  const decision = { tool_call_id, arguments_sha256, approved: true };
  const run = await user.agent.decide(state.run_id, [decision], { after: events.length });
  const ended = (await Array.fromAsync(run.events())).reduce(reduceRun, state);
  assert.deepEqual([ended.status, ended.approvals[0]?.decision?.approved], ["completed", true]);
  assert.deepEqual((await dealsCalled(user, "Migration")).map(({ stage }) => stage), ["won"]);
}

/** Both other protocols answer, with what is in the project's rows. */
export async function otherProtocols(
  { token }: CrmUser,
  { url, publishable_key }: RunningStack,
): Promise<void> {
  const text = "List customers";
  const id = crypto.randomUUID();
  const bodies = {
    "ai-sdk": { id, messages: [userMessage(text)], trigger: "submit-message" },
    "ag-ui": {
      ...{ threadId: crypto.randomUUID(), runId: crypto.randomUUID(), protocolVersion: "1.0", state: {} },
      ...{ messages: [{ id, role: "user", content: text }], tools: [], context: [], forwardedProps: {} },
    },
  };
  for (const [route, body] of Object.entries(bodies)) {
    const response = await fetch(`${url}/functions/v1/agent-planner/${route}`, {
      method: "POST",
      headers: {
        apikey: publishable_key,
        authorization: `Bearer ${token}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    const said = saidIn(await framesIn(response));
    assert.match(said, /Acme[\s\S]*Globex|Globex[\s\S]*Acme/, `${route}: ${said}`);
    assert.doesNotMatch(said, /Umbrella/, "it is deleted");
  }
}
