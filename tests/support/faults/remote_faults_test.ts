import assert from "node:assert/strict";
import { createEngineClient } from "../../../shared/db/clients.ts";
import { createStore } from "../../../shared/db/store.ts";
import { LIMITS } from "../agents/default_calls.ts";
import { InjectedFault, remoteFaults } from "./remote_faults.ts";
import { createStepInvoker } from "../../../shared/http/executor_client.ts";
import { createSuccessor } from "../../../shared/http/successor.ts";
import { listedModel } from "../models/listed_model.ts";
import { toolPort } from "../ports/tool_port.ts";

const db = createEngineClient({ url: "http://127.0.0.1:9", publishable_key: "none" }, "token", fetch);
const deps = {
  store: createStore(db, LIMITS),
  model: listedModel([]),
  tools: toolPort(),
  invoke: createStepInvoker(db),
  handOff: createSuccessor(db),
  user: "somebody",
};

Deno.test("without FAULTS_URL the ports are the ones that were given", () => {
  assert.equal(remoteFaults({}, fetch)(deps), deps);
  assert.equal(remoteFaults({ FAULTS_URL: "" }, fetch)(deps), deps);
});

Deno.test("with FAULTS_URL every point is asked about, and `throw` is thrown", async () => {
  const asked: unknown[] = [];
  const ask: typeof fetch = async (input, init) => {
    asked.push([String(input), await new Request("http://127.0.0.1", init).json()]);
    return Response.json({ verdict: "throw" });
  };
  const { tools } = remoteFaults({ FAULTS_URL: "http://127.0.0.1:9/planner" }, ask)(deps);
  const toolbox = tools.open({ permission: "read_only", names: [], time_zone: "UTC" });
  const call = { call_id: "c", name: "look", arguments: {} };
  await assert.rejects(toolbox.dispatch(call), InjectedFault);
  assert.deepEqual(asked, [
    ["http://127.0.0.1:9/planner", { point: "tool.look:before", user: "somebody" }],
  ]);
});
