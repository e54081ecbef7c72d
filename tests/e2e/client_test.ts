// The client in front of the real stack, over connections that break.
import assert from "node:assert/strict";
import { createClient } from "@supabase/supabase-js";
import { AgentClientError, createAgentClient, resumableFetch } from "../../client/mod.ts";
import type { RunPage } from "../../client/run_requests.ts";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import { startCuttingProxy } from "../support/stack/cutting_proxy.ts";
import { assertContract, chat, eventsOf } from "../support/stack/calling.ts";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

/** Breaks within the head of the answer, within its first events, and further on. */
const ALLOWANCES = [40, 1_000, 1_300, 1_700, 1_200, 2_200, 1_001, 1_500];

const clientOf = ({ token }: TestUser, url: string) =>
  createAgentClient({ ...testStack(), url, token: () => token });

const plan = [planTurn([{ step_number: 1 }]), submitTurn(1), answerTurn("Grüße, 世界 👋.")];

test("a client over a line that breaks again and again gets the stream of one that never broke", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, plan);
  await using proxy = startCuttingProxy(ALLOWANCES);

  const run = await clientOf(user, proxy.url).startRun({ message: "Plan" });
  const events = await Array.fromAsync(run.events());

  assertContract(events);
  assert.equal(events.at(-1)?.type, "done");
  assert.deepEqual(await Array.fromAsync(clientOf(user, testStack().url).events(run.run_id)), events);
  assert.ok(proxy.cuts >= 3, `${proxy.cuts} cuts`);
  const runs = await user.client.from("agent_runs").select("id");
  assert.deepEqual(runs.data, [{ id: run.run_id }], "the start was repeated, the run was not");
});

test("a line that is cut while the model thinks loses nothing", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Still here.", hold: "answer" }]);
  await using proxy = startCuttingProxy([]);
  const run = await clientOf(user, proxy.url).startRun({ message: "Hi" });

  const events: ReadEvent[] = [];
  for await (const event of run.events()) {
    events.push(event);
    if (event.type !== "session") continue;
    await script.reached("answer");
    proxy.cutAll();
    await script.release("answer");
  }

  assertContract(events);
  assert.ok(proxy.cuts > 0);
  assert.deepEqual(
    events.flatMap((event) => event.type === "text" ? [event.delta] : []).join(""),
    "Still here.",
  );
});

test("supabase-js streams over a line that breaks when its fetch is resumable", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, plan);
  // The start itself is not repeated here, so its answer must come through.
  await using proxy = startCuttingProxy(ALLOWANCES.slice(1));
  const supabase = createClient(proxy.url, testStack().publishable_key, {
    global: { fetch: resumableFetch(fetch), headers: { authorization: `Bearer ${user.token}` } },
    auth: { persistSession: false, autoRefreshToken: false },
  });

  const { data } = await supabase.functions.invoke("agent-planner", { body: { message: "Plan" } });
  assert.ok(data instanceof Response);
  const events = await Array.fromAsync(eventsOf(data));

  assertContract(events);
  assert.equal(events.at(-1)?.type, "done");
  assert.ok(proxy.cuts >= 3, `${proxy.cuts} cuts`);
});

test("a client cancels a run, finds it in the list, and reads it whole", async () => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Too late.", hold: "thinking" }]);
  const client = clientOf(user, testStack().url);
  const run = await client.startRun({ message: "Go" });
  await script.reached("thinking");

  assert.deepEqual(await idsOf(client.listRuns({ status: "unfinished" })), [run.run_id]);
  assert.deepEqual(await run.cancel(), { run_id: run.run_id, status: "running" });
  const end = (await Array.fromAsync(run.events())).at(-1);

  assert.ok(end?.type === "done" && end.status === "cancelled");
  assert.equal((await client.getRun(run.run_id)).status, "cancelled");
  assert.deepEqual(await idsOf(client.listRuns({ status: "unfinished" })), []);
});

const idsOf = async (page: Promise<RunPage>) => (await page).runs.map((run) => run.id);

test("what the server refuses is an error of the client's, with the server's kind and sentence", async () => {
  const user = await newUser();
  const client = clientOf(user, testStack().url);
  const refusal = async (work: Promise<unknown>) => {
    const error = await work.then(() => null, (thrown: unknown) => thrown);
    assert.ok(error instanceof AgentClientError);
    return error;
  };
  assert.equal((await refusal(client.startRun({ message: "" }))).kind, "bad_request");
  assert.equal((await refusal(client.getRun(crypto.randomUUID()))).kind, "not_found");
  assert.equal((await refusal(Array.fromAsync(client.events(crypto.randomUUID())))).kind, "not_found");
  const stranger = clientOf({ ...user, token: "garbage" }, testStack().url);
  assert.equal((await refusal(stranger.listRuns())).status, 401);

  await using _ = await scriptModel(user.id, [{ text: "First." }]);
  const first = await chat(user, { message: "One", request_key: "key" });
  const reused = await refusal(client.startRun({ message: "Two", request_key: "key" }));
  assert.deepEqual([reused.kind, reused.run_id], ["conflict", first.state.run_id]);
});
