// AI SDK: streamText with the executor, a ToolLoopAgent, as a streaming tool (preliminary results and toModelOutput, as
// the guide to subagents shows), answered as a UI message stream.
import process from "node:process";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  convertToModelMessages,
  generateId,
  isStepCount,
  pipeUIMessageStreamToResponse,
  readUIMessageStream,
  streamText,
  tool,
  ToolLoopAgent,
  toUIMessageStream,
  validateUIMessages,
} from "ai";
import { z } from "zod";
import { ARGUMENTS, EXECUTOR, PLANNER, TOOLS } from "../shared/prompts.ts";
import { serve } from "../shared/serve.ts";
import { getProjectDetails, listTasks, searchProjects } from "../shared/tools.ts";
import { loadChat, saveChat } from "./chats.ts";

const model = createOpenAICompatible({
  name: "scripted",
  baseURL: process.env.MODEL_URL,
  apiKey: "none",
  includeUsage: true,
})("scripted");

const defined = (name, shape, execute) =>
  tool({ description: TOOLS[name], inputSchema: z.object(shape), execute });

const executor = new ToolLoopAgent({
  model,
  instructions: EXECUTOR,
  tools: {
    search_projects: defined(
      "search_projects",
      { query: z.string().describe(ARGUMENTS.query) },
      searchProjects,
    ),
    get_project_details: defined(
      "get_project_details",
      { project_id: z.string().describe(ARGUMENTS.project_id) },
      getProjectDetails,
    ),
  },
  stopWhen: isStepCount(10),
});

const tools = {
  list_tasks: defined("list_tasks", {}, () => listTasks()),
  research_step: tool({
    description: TOOLS.research_step,
    inputSchema: z.object({ task: z.string().describe(ARGUMENTS.task) }),
    async *execute({ task }, { abortSignal }) {
      const { stream } = await executor.stream({ prompt: task, abortSignal });
      yield* readUIMessageStream({ stream: toUIMessageStream({ stream }) });
    },
    toModelOutput: ({ output }) => ({
      type: "text",
      value: output?.parts.findLast(({ type }) => type === "text")?.text ?? "The step is done.",
    }),
  }),
};

serve(async ({ thread_id, message }, response) => {
  const said = { id: generateId(), role: "user", parts: [{ type: "text", text: message }] };
  const messages = await validateUIMessages({ messages: [...await loadChat(thread_id), said], tools });
  const { stream } = streamText({
    model,
    instructions: PLANNER,
    messages: await convertToModelMessages(messages, { tools }),
    tools,
    stopWhen: isStepCount(10),
  });
  await pipeUIMessageStreamToResponse({
    response,
    stream: toUIMessageStream({
      stream,
      originalMessages: messages,
      generateMessageId: generateId,
      onEnd: ({ messages }) => saveChat(thread_id, messages),
    }),
  });
});
