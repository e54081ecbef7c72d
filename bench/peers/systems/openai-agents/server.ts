// OpenAI Agents SDK: the executor is a tool of the planner (`asTool`), whose calls run at the same time; one streamed
// run a turn, kept in a session.
import process from "node:process";
import { Agent, OpenAIChatCompletionsModel, Runner, setTracingDisabled, tool } from "@openai/agents";
import OpenAI from "openai";
import { z } from "zod";
import { ARGUMENTS, EXECUTOR, PLANNER, TOOLS } from "../shared/prompts.ts";
import { openEvents, serve } from "../shared/serve.ts";
import { getProjectDetails, listTasks, searchProjects } from "../shared/tools.ts";
import { PostgresSession } from "./session.ts";

// Traces go to the vendor's own service.
setTracingDisabled(true);
const client = new OpenAI({ baseURL: process.env.MODEL_URL, apiKey: "none" });
const model = new OpenAIChatCompletionsModel(client, "scripted");

const defined = (name, parameters, execute) => tool({ name, description: TOOLS[name], parameters, execute });
const list = defined("list_tasks", z.object({}), () => listTasks());
const executor = new Agent({
  name: "Executor",
  instructions: EXECUTOR,
  model,
  tools: [
    defined("search_projects", z.object({ query: z.string().describe(ARGUMENTS.query) }), searchProjects),
    defined(
      "get_project_details",
      z.object({ project_id: z.string().describe(ARGUMENTS.project_id) }),
      getProjectDetails,
    ),
  ],
});
const planner = new Agent({
  name: "Planner",
  instructions: PLANNER,
  model,
  modelSettings: { parallelToolCalls: true },
});
const runner = new Runner();

const textOf = ({ type, data }) =>
  type === "raw_model_stream_event" && data.type === "output_text_delta" ? data.delta : undefined;

serve(async ({ thread_id, message }, response) => {
  const send = openEvents(response);
  const tell = (event, [of_text, of_item], more = {}) => {
    const delta = textOf(event);
    if (delta !== undefined) send({ type: of_text, ...more, delta });
    else if (event.type === "run_item_stream_event") send({ type: of_item, ...more, name: event.name });
  };
  // Made for each request, so that what an executor streams reaches this response.
  const research = executor.asTool({
    toolName: "research_step",
    toolDescription: TOOLS.research_step,
    onStream: ({ event, toolCall }) => tell(event, ["step_text", "step"], { call: toolCall?.callId }),
  });
  const stream = await runner.run(planner.clone({ tools: [list, research] }), message, {
    stream: true,
    session: new PostgresSession(thread_id),
  });
  for await (const event of stream) tell(event, ["text", "item"]);
  await stream.completed;
  send({ type: "done" });
  response.end();
});
