// LangGraph JS: a graph that plans and carries out. The planner's node answers, uses a tool, or calls create_plan; then
// Send fans out to executors, each a ReAct agent (createAgent), and a last node answers from their summaries. Every
// superstep is a checkpoint in Postgres: PostgresSaver with its defaults, which the executors inherit.
import process from "node:process";
import { HumanMessage, SystemMessage, ToolMessage } from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { Annotation, END, MessagesAnnotation, Send, START, StateGraph } from "@langchain/langgraph";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import { ToolNode } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent } from "langchain";
import { z } from "zod";
import { ARGUMENTS, EXECUTOR, PLANNER, TOOLS } from "../shared/prompts.ts";
import { openEvents, serve } from "../shared/serve.ts";
import { getProjectDetails, listTasks, searchProjects } from "../shared/tools.ts";

const model = new ChatOpenAI({
  model: "scripted",
  apiKey: "none",
  configuration: { baseURL: process.env.MODEL_URL },
});

const defined = (name, schema, run) =>
  tool(async (args) => JSON.stringify(await run(args)), { name, description: TOOLS[name], schema });
const list = defined("list_tasks", z.object({}), listTasks);
const research = [
  defined("search_projects", z.object({ query: z.string().describe(ARGUMENTS.query) }), searchProjects),
  defined(
    "get_project_details",
    z.object({ project_id: z.string().describe(ARGUMENTS.project_id) }),
    getProjectDetails,
  ),
];
// Never run: that it is called is how the planner chooses to fan out.
const plan = defined(
  "create_plan",
  z.object({ steps: z.array(z.string().describe(ARGUMENTS.task)) }),
  () => null,
);

const planner = model.bindTools([list, plan]);
const executor = createAgent({ model, tools: research, systemPrompt: EXECUTOR });

const State = Annotation.Root({
  ...MessagesAnnotation.spec,
  results: Annotation({
    reducer: (before, added) => added === null ? [] : [...before, ...added],
    default: () => [],
  }),
});

const think = async ({ messages }) => ({
  messages: [await planner.invoke([new SystemMessage(PLANNER), ...messages])],
  results: null,
});

function next({ messages }) {
  const [call] = messages.at(-1).tool_calls ?? [];
  if (!call) return END;
  if (call.name !== "create_plan") return "tools";
  return call.args.steps.map((task, place) => new Send("execute", { task, place }));
}

async function execute({ task, place }) {
  const { messages } = await executor.invoke({ messages: [new HumanMessage(task)] });
  return { results: [{ task, place, summary: messages.at(-1).text }] };
}

async function answer({ messages, results }) {
  const [call] = messages.at(-1).tool_calls;
  const in_order = results.toSorted((a, b) => a.place - b.place).map(({ task, summary }) => ({
    task,
    summary,
  }));
  const carried_out = new ToolMessage({
    tool_call_id: call.id,
    name: call.name,
    content: JSON.stringify(in_order),
  });
  const said = await planner.invoke([new SystemMessage(PLANNER), ...messages, carried_out]);
  return { messages: [carried_out, said] };
}

const checkpointer = PostgresSaver.fromConnString(process.env.DATABASE_URL);
await checkpointer.setup();

const graph = new StateGraph(State)
  .addNode("think", think)
  .addNode("tools", new ToolNode([list]))
  .addNode("execute", execute)
  .addNode("answer", answer)
  .addEdge(START, "think")
  .addConditionalEdges("think", next, ["tools", "execute", END])
  .addEdge("tools", "think")
  .addEdge("execute", "answer")
  .addEdge("answer", END)
  .compile({ checkpointer });

serve(async ({ thread_id, message }, response) => {
  const send = openEvents(response);
  const stream = await graph.stream({ messages: [new HumanMessage(message)] }, {
    configurable: { thread_id },
    streamMode: ["updates", "messages"],
    subgraphs: true,
  });
  for await (const [namespace, mode, data] of stream) {
    if (mode === "updates") {
      send({ type: "update", namespace, nodes: Object.keys(data) });
      continue;
    }
    const [chunk, { langgraph_node }] = data;
    if (chunk.getType() !== "ai" || !chunk.text) continue;
    const is_answer = namespace.length === 0 && ["think", "answer"].includes(langgraph_node);
    send({ type: is_answer ? "text" : "step_text", delta: chunk.text, ...(!is_answer && { namespace }) });
  }
  send({ type: "done" });
  response.end();
});
