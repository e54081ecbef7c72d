import assert from "node:assert/strict";
import type { ChatRequest, JsonSchema, RequestMessage } from "../../../../bench/peers/model/chat_request.ts";
import { slotsOf } from "../../../../bench/peers/model/chunks.ts";
import {
  ANSWERS,
  criticalPath,
  longMessage,
  MESSAGES,
  stepTask,
  TOKENS,
  TOPICS,
} from "../../../../bench/peers/model/job.ts";
import { type Reply, replyTo } from "../../../../bench/peers/model/script.ts";
import { CREATE_PLAN } from "../../../../shared/agents/planner/create_plan.ts";
import { PlanDraft } from "../../../../shared/contracts/plan.ts";

const offered = (...names: string[]) =>
  names.map((name) => ({ type: "function", function: { name, parameters: {} } }));
const request = (messages: RequestMessage[], tools = offered()): ChatRequest => ({
  model: "m",
  messages,
  tools,
});
const user = (content: string): RequestMessage => ({ role: "user", content });

function result(name: string, content: string): RequestMessage[] {
  return [
    { role: "assistant", content: null, tool_calls: [{ id: name, function: { name, arguments: "{}" } }] },
    { role: "tool", tool_call_id: name, content },
  ];
}

function callsOf(reply: Reply) {
  assert.equal(reply.type, "calls");
  return reply.type === "calls" ? reply.calls : [];
}

Deno.test("a simple message is answered at once, a long one with as many tokens as it asks for", () => {
  const reply = replyTo(request([user(MESSAGES.simple)]));
  assert.equal(reply.type === "text" && reply.words.join(""), ANSWERS.simple);
  const long = replyTo(request([user(longMessage(500))]));
  assert.equal(long.type === "text" && long.words.length, 500);
});

Deno.test("a plan fits the project's own schema: four independent steps for executors with the tools to search and read", () => {
  const { name, parameters } = CREATE_PLAN;
  const tools = [{ type: "function", function: { name, parameters } }];
  const [call] = callsOf(replyTo(request([user(MESSAGES.complex)], tools)));
  const plan = PlanDraft.parse(call?.arguments);
  assert.deepEqual(
    plan.steps.map(({ step_number, task, executor_required, depends_on }) => [
      ...[step_number, task, executor_required, depends_on],
    ]),
    TOPICS.map((_, i) => [i + 1, stepTask(i + 1), true, []]),
  );
});

Deno.test("where steps are delegated one by one, they are called for in one message", () => {
  const schema: JsonSchema = {
    type: "object",
    properties: { task: { type: "string" } },
    required: ["task"],
  };
  const tools = [{ type: "function", function: { name: "research_step", parameters: schema } }];
  const calls = callsOf(replyTo(request([user(MESSAGES.complex)], tools)));
  assert.deepEqual(calls.map((call) => call.arguments), TOPICS.map((_, i) => ({ task: stepTask(i + 1) })));
  const back = request([user(MESSAGES.complex), ...result("research_step", "Done.")], tools);
  assert.equal(replyTo(back).phase, "answer");
});

Deno.test("a step searches, reads the project that was found, and hands in a summary as its system wants it", () => {
  const tools = offered("search_projects", "get_project_details");
  const asked = [user(`Part of ${MESSAGES.complex}\n${stepTask(2)}`)];
  const [search] = callsOf(replyTo(request(asked, tools)));
  assert.deepEqual(search, { name: "search_projects", arguments: { query: "mobile" } });
  const found = [...asked, ...result("search_projects", `{"projects":[{"id":"p-2"}]}`)];
  const [read] = callsOf(replyTo(request(found, tools)));
  assert.deepEqual(read, { name: "get_project_details", arguments: { project_id: "p-2" } });
  const known = [...found, ...result("get_project_details", "{}")];
  assert.equal(replyTo(request(known, tools)).type, "text");
  const [end] = callsOf(replyTo(request(known, [...tools, ...offered("submit_result")])));
  assert.equal(end?.name, "submit_result");
});

Deno.test("what is none of the job is refused, so that no system is measured on another one", () => {
  assert.throws(() => replyTo(request([user("Hello")])), /no mark/);
});

Deno.test("a call takes as many slots as its tokens, and its pieces are its arguments", () => {
  const calls = TOPICS.map((_, i) => ({ name: "research_step", arguments: { task: stepTask(i + 1) } }));
  const slots = slotsOf({ phase: "plan", type: "calls", tokens: TOKENS.plan, calls }, 1);
  assert.equal(slots.length, TOKENS.plan);
  assert.equal(JSON.stringify(slots).match(/"name"/g)?.length, TOPICS.length);
});

Deno.test("the model's own time is that of the calls which wait for each other", () => {
  const pace = { first_token_ms: 300, tokens_per_second: 50 };
  assert.equal(criticalPath("simple", pace), 1_480);
  assert.equal(criticalPath("complex", pace), 7_800);
});
