// The bounds of whole prompts, tool schemas included, as the model server received them: 5,000 tokens for the planner's
// first and 1,500 for an executor's, and their windows for what follows. The figures are printed.
import assert from "node:assert/strict";
import { z } from "zod";
import { summaryPrompt } from "../../../shared/agents/loop/prompts.ts";
import type { ModelCall } from "../../../shared/agents/limits.ts";
import { CALLS } from "../../support/agents/default_calls.ts";
import { catalogue } from "../../../shared/domain/catalogue.ts";
import { domain } from "../../../shared/domain/domain.ts";
import { estimateTextTokens } from "../../../shared/llm/tokens.ts";
import { chat } from "../../support/stack/calling.ts";
import { answerTurn, onStep, planTurn, submitTurn } from "../../support/agents/plans.ts";
import type { ModelRequestBody } from "../../support/models/model_script.ts";
import { scriptModel } from "../../support/models/script.ts";
import { newWorkspaceUser, type WorkspaceUser } from "../support/workspace_user.ts";
import { test } from "../../support/test.ts";

const READS = catalogue.filter((tool) => tool.access === "read").map((tool) => tool.name);

/** The tokens of a request as it came over the wire. */
function size({ messages, tools }: ModelRequestBody): number {
  return estimateTextTokens(JSON.stringify(messages)) +
    (tools ? estimateTextTokens(JSON.stringify(tools)) : 0);
}

function report(what: string, requests: ModelRequestBody[], { opening, window }: ModelCall) {
  const sizes = requests.map(size);
  const first = requests.filter(({ messages }) => !JSON.stringify(messages).includes('"tool"')).map(size);
  const [longest, largest] = [Math.max(...first), Math.max(...sizes)];
  console.log(`  ${what}: opening ${longest} of ${opening}, largest ${largest} of ${window} tokens`);
  assert.ok(longest <= opening && largest <= window, `${what}: ${sizes.join(", ")}`);
}

test("the planner's prompts open within 5,000 tokens and stay within its window, in a large workspace and a long conversation", async () => {
  const user = await newWorkspaceUser();
  const project = await fillWorkspace(user);
  const turns = 8;
  await using script = await scriptModel(user.id, [
    // As long as a summary may be.
    {
      when: { contains: summaryPrompt(domain.about) },
      text: "It was said again and again. ".repeat(170),
      times: "any",
    },
    ...Array.from(
      { length: turns },
      (_, i) => ({ text: `Answer ${i}. ${"It goes on and on. ".repeat(80)}` }),
    ),
    { tool_calls: READS.slice(0, 4).map((name) => ({ name, arguments: {} })) },
    { tool_calls: [{ name: "list_tasks", arguments: { limit: 50 } }] },
    {
      tool_calls: [{ name: "get_project_details", arguments: { project_id: project, include_tasks: true } }],
    },
    { text: "That is all." },
  ]);
  let session_id: string | null = null;
  for (let i = 0; i <= turns; i++) {
    const message = `Question ${i}. ${"Please tell me more about it. ".repeat(40)}`;
    const context = { context_type: "project", entity_id: project, time_zone: "Europe/Berlin" };
    const { state } = await chat(user, { message, ...context, ...(session_id && { session_id }) });
    assert.equal(state.status, "completed");
    session_id = state.session_id;
  }
  const requests = (await script.requests()).filter(({ tools }) => tools !== undefined);
  assert.equal(requests[0]?.tools instanceof Array && requests[0].tools.length, 22);
  const summaries = await user.client.from("chat_session_summaries").select("number");
  assert.ok(summaries.data?.length, "there is a summary");
  report("planner, all 22 tools", requests, CALLS.planner);
});

test("an executor's prompts open within 1,500 tokens and stay within its window, with all 12 read tools and long results", async () => {
  const user = await newWorkspaceUser();
  const project = await fillWorkspace(user);
  const long = { project_id: project, include_tasks: true, include_notes: true };
  await using script = await scriptModel(user.id, [
    planTurn([{ step_number: 1, tools: READS }, { step_number: 2, tools: READS, depends_on: [1] }]),
    { when: onStep(1), tool_calls: [{ name: "list_tasks", arguments: { limit: 50 } }] },
    { when: onStep(1), tool_calls: [{ name: "get_project_details", arguments: long }] },
    submitTurn(1, {
      data: Array.from({ length: 60 }, (_, i) => ({ id: crypto.randomUUID(), title: `Task ${i}` })),
    }),
    {
      when: onStep(2),
      tool_calls: [{ name: "list_tasks", arguments: {} }, { name: "search_notes", arguments: {} }],
    },
    submitTurn(2),
    answerTurn(),
  ]);
  const { state } = await chat(user, { message: "Look at all of it" });
  assert.deepEqual(state.plan?.steps.map((step) => step.state), ["completed", "completed"]);
  const offered = z.array(z.object({ function: z.object({ name: z.string() }) }));
  const executors = (await script.requests()).filter((request) =>
    offered.parse(request.tools ?? []).some((tool) => tool.function.name === "submit_result")
  );
  assert.equal(executors.length, 5);
  report("executor, all 12 read tools", executors, CALLS.executor);
});

async function fillWorkspace(user: WorkspaceUser): Promise<string> {
  const text = "A long text about many things that matter to nobody. ".repeat(60);
  const { data, error } = await user.client.from("projects").insert(
    Array.from(
      { length: 12 },
      (_, i) => ({ user_id: user.id, name: `Project ${i}`, slug: `project-${i}`, context: text }),
    ),
  ).select("id");
  if (error) throw error;
  const project_id = data[0]?.id ?? "";
  const tasks = await user.client.from("tasks").insert(
    Array.from(
      { length: 60 },
      (_, i) => ({ user_id: user.id, project_id, title: `Task ${i} ${text.slice(0, 150)}` }),
    ),
  );
  if (tasks.error) throw tasks.error;
  const notes = await user.client.from("notes").insert(
    Array.from(
      { length: 10 },
      (_, i) => ({ user_id: user.id, project_id, title: `Note ${i}`, content: text }),
    ),
  );
  if (notes.error) throw notes.error;
  return project_id;
}
