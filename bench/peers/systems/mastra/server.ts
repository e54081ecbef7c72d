// Mastra: a planner with the executor among its `agents`, and its memory in Postgres (@mastra/pg). Its chunks go to the
// client one event each, without the requests and whole message lists that the chunks of steps and ends carry.
import process from "node:process";
import { Mastra } from "@mastra/core";
import { Agent } from "@mastra/core/agent";
import { createTool } from "@mastra/core/tools";
import { Memory } from "@mastra/memory";
import { PostgresStore } from "@mastra/pg";
import { z } from "zod";
import { ARGUMENTS, EXECUTOR, PLANNER, TOOLS } from "../shared/prompts.ts";
import { openEvents, serve } from "../shared/serve.ts";
import { getProjectDetails, listTasks, searchProjects } from "../shared/tools.ts";

const model = { id: "scripted/scripted", url: process.env.MODEL_URL, apiKey: "none" };
const storage = new PostgresStore({ id: "storage", connectionString: process.env.DATABASE_URL });

const defined = (id, shape, execute) =>
  createTool({ id, description: TOOLS[id], inputSchema: z.object(shape), execute });

const executor = new Agent({
  id: "executor",
  name: "Executor",
  description: TOOLS.research_step,
  instructions: EXECUTOR,
  model,
  tools: {
    search_projects: defined(
      "search_projects",
      { query: z.string().describe(ARGUMENTS.query) },
      (args) => searchProjects(args),
    ),
    get_project_details: defined(
      "get_project_details",
      { project_id: z.string().describe(ARGUMENTS.project_id) },
      (args) => getProjectDetails(args),
    ),
  },
});
const planner = new Agent({
  id: "planner",
  name: "Planner",
  instructions: PLANNER,
  model,
  tools: { list_tasks: defined("list_tasks", {}, () => listTasks()) },
  agents: { executor },
  memory: new Memory(),
});
const mastra = new Mastra({ agents: { planner, executor }, storage, logger: false });
await storage.init();
const agent = mastra.getAgent("planner");

const HEAVY = ["step-start", "step-finish", "finish"];

function lightened(chunk) {
  const { type, from, payload } = chunk;
  if (HEAVY.includes(type)) {
    return { type, from, payload: { messageId: payload.messageId, stepResult: payload.stepResult } };
  }
  if (type !== "tool-output") return chunk;
  return { ...chunk, payload: { ...payload, output: lightened(payload.output) } };
}

serve(async ({ thread_id, message }, response) => {
  const send = openEvents(response);
  const memory = { thread: thread_id, resource: "bench" };
  const { fullStream } = await agent.stream(message, { memory, maxSteps: 10 });
  for await (const chunk of fullStream) send(lightened(chunk));
  response.end();
});
