// Runs through the client against the real stack: lists in pages, one whole, and its answer.
import assert from "node:assert/strict";
import { z } from "zod";
import { AgentClientError } from "../../client/mod.ts";
import { Effect, Why } from "../../shared/contracts/approval.ts";
import type { RunDetails } from "../../shared/contracts/run_view.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { callFunction, chat } from "../support/stack/calling.ts";
import { clientOf } from "../support/stack/reading.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

const clientFor = (user: TestUser) => clientOf(user, testStack().url);

const text = z.string().nullable();
const number = z.number().nullable();
const created = { id: z.uuid(), created_at: z.string() };
const ended = { ...created, finished_at: text };
const Usage = z.object({
  ...{ input_tokens: z.number(), output_tokens: z.number(), cached_tokens: z.number() },
  ...{ reasoning_tokens: z.number(), model_calls: z.number(), cost_usd: number, estimated: z.boolean() },
  cost_estimated: z.boolean(),
});
const Failure = z.object({ kind: z.string(), message: z.string(), retryable: z.boolean() });
const Result = z.object({
  ...{ status: z.string(), summary: z.string(), data: z.json().optional() },
  open_questions: z.array(z.string()).optional(),
});
const Step = z.object({
  ...{ step_number: z.number(), title: z.string(), task: z.string(), executor_required: z.boolean() },
  ...{ tools: z.array(z.string()), depends_on: z.array(z.number()) },
});

const Decision = z.object({
  ...{ call_id: z.uuid(), approved: z.boolean(), shown_sha256: z.string(), edited: z.json() },
  ...{ effects: z.array(Effect).nullable(), reason: text, scope: z.string(), decided_at: z.string() },
  decided_session: text,
});

/** Every field that the contract promises of a run, with its type. */
const Details: z.ZodType<RunDetails> = z.object({
  ...{ ...ended, session_id: z.uuid(), request_key: text, status: z.string(), strategy: text },
  abandoned: z.boolean(),
  ...{ usage: Usage.nullable(), finished_reason: text, error: Failure.nullable(), request: z.json() },
  ...{ time_zone: z.string(), cancel_requested_at: text, purged_at: text },
  messages: z.array(z.object({
    ...{
      ...created,
      session_id: z.uuid(),
      role: z.string(),
      content: z.string(),
      run_id: text,
      seq: z.number(),
    },
  })),
  agents: z.array(z.object({
    ...{ ...created, type: z.string(), name: z.string(), available_tools: z.array(z.string()) },
    ...{ permissions: z.string(), status: z.string(), completed_at: text },
  })),
  plans: z.array(z.object({
    ...{ ...ended, goal: z.string(), steps: z.array(Step), revision: z.number(), supersedes: text },
    status: z.string(),
  })),
  executions: z.array(z.object({
    ...{ ...ended, plan_id: z.uuid(), step_number: z.number(), attempt: z.number(), executor_agent_id: text },
    ...{ agent_session_id: text, status: z.string(), result: Result.nullable(), error: text },
    ...{ usage: Usage.nullable(), duration_ms: number },
  })),
  threads: z.array(z.object({
    ...{ ...ended, session_type: z.string(), plan_id: text, step_number: number, executor_agent_id: text },
    ...{ initial_context: z.json(), status: z.string() },
    messages: z.array(z.object({
      ...{ ...created, seq: z.number(), kind: z.string(), role: z.string(), content: z.string() },
      ...{ tool_calls: z.json(), tool_call_id: text, reasoning: text, model_used: text },
      ...{ input_tokens: number, output_tokens: number },
    })),
  })),
  tool_calls: z.array(z.object({
    ...{ ...ended, agent_id: z.uuid(), agent_session_id: z.uuid(), tool_name: z.string(), access: text },
    ...{ arguments: z.json(), status: z.string(), result: z.json(), error: text, duration_ms: number },
    ...{ proposed_arguments: z.json(), why: z.array(Why).nullable(), effects: z.array(Effect).nullable() },
    ...{ problem: text, remember: text, expires_at: text, decision: Decision.nullable() },
  })),
});

const PLANNED = [
  planTurn([{ step_number: 1 }, { step_number: 2, depends_on: [1] }]),
  { when: onStep(1), tool_calls: [{ name: "list_books", arguments: {} }] },
  submitTurn(1, { status: "failed", summary: "There is no such book." }),
  answerTurn("I could not."),
];

test("a run whole has every field that its type promises, of runs that planned, failed, and only answered", async () => {
  const user = await newUser();
  const scripts = [PLANNED, [{ error: { status: 401, body: "{}" } }], [{ text: "Hello." }]];
  const client = clientFor(user);
  const statuses: string[] = [];
  for (const script of scripts) {
    await using _ = await scriptModel(user.id, script);
    const { state } = await chat(user, { message: "Go" });
    const run = await client.getRun(state.run_id);
    Details.parse(run);
    statuses.push(run.status);
    assert.ok(run.messages.length > 0 && run.threads.length > 0 && run.agents.length > 0);
  }
  assert.deepEqual(statuses, ["completed", "failed", "completed"]);
});

test("run gives what stream: false answers for the same run", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, PLANNED);
  const answer = await clientFor(user).run({ message: "Go", request_key: "once" });

  const body = { message: "Go", request_key: "once", stream: false };
  const response = await callFunction(user, "agent-planner", { body });

  assert.equal(response.status, 200);
  assert.deepEqual(answer, await response.json());
  assert.deepEqual([answer.status, answer.plan?.status, answer.answer], [
    "completed",
    "failed",
    "I could not.",
  ]);
});

test("run throws what a run that failed says, and names the run", async () => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [{ error: { status: 401, body: "{}" } }]);
  const client = clientFor(user);
  const error = await client.run({ message: "Go" }).then(() => null, (thrown: unknown) => thrown);
  assert.ok(error instanceof AgentClientError);
  const run = await client.getRun(error.run_id ?? "");
  assert.deepEqual([error.kind, error.message, error.run_status], [
    run.error?.kind,
    run.error?.message,
    "failed",
  ]);
  assert.equal(error.run_goes_on, false);
});

test("the list has a way on: every run once, newest first, over pages of any size", async () => {
  const user = await newUser();
  const client = clientFor(user);
  const started: string[] = [];
  for (let i = 0; i < 5; i++) {
    await using _ = await scriptModel(user.id, [{ text: "Hello." }]);
    started.unshift((await client.run({ message: "Hi" })).run_id);
  }
  for (const limit of [1, 2, 5, 100]) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await client.listRuns({ limit, status: "completed", ...(cursor && { cursor }) });
      seen.push(...page.runs.map(({ id }) => id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor);
    assert.deepEqual(seen, started, `in pages of ${limit}`);
  }
});
