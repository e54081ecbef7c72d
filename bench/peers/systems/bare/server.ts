// The limit: fetch in the ideal order and nothing else. No framework, no history, no check, no retry, nothing stored.
import { ARGUMENTS, EXECUTOR, PLANNER, TOOLS } from "../shared/prompts.ts";
import { openEvents, serve } from "../shared/serve.ts";
import { getProjectDetails, listTasks, searchProjects } from "../shared/tools.ts";
import { type ChatMessage, completeChat } from "./chat_completion.ts";

type Tools = Record<string, (args: never) => Promise<unknown>>;

const PLANNER_TOOLS = [declared("list_tasks"), declared("research_step", "task")];
const EXECUTOR_TOOLS = [declared("search_projects", "query"), declared("get_project_details", "project_id")];

function declared(name: keyof typeof TOOLS, ...args: (keyof typeof ARGUMENTS)[]): object {
  const properties = Object.fromEntries(
    args.map((arg) => [arg, { type: "string", description: ARGUMENTS[arg] }]),
  );
  const parameters = { type: "object", properties, required: args, additionalProperties: false };
  return { type: "function", function: { name, description: TOOLS[name], parameters } };
}

/** Model and tools in turn until the model answers with text; the calls of one message run at the same time. */
async function work(
  messages: ChatMessage[],
  declarations: readonly object[],
  tools: Tools,
  { onText = () => {}, onCall }: { onText?: (delta: string) => void; onCall: (name: string) => void },
): Promise<string> {
  for (;;) {
    const message = await completeChat(messages, declarations, onText);
    messages.push(message);
    if (!message.tool_calls) return message.content;
    messages.push(
      ...await Promise.all(message.tool_calls.map(async ({ id, function: call }): Promise<ChatMessage> => {
        onCall(call.name);
        const result = await tools[call.name](JSON.parse(call.arguments));
        const content = typeof result === "string" ? result : JSON.stringify(result);
        return { role: "tool", tool_call_id: id, content };
      })),
    );
  }
}

serve(async ({ message }, response) => {
  const send = openEvents(response);
  const research = ({ task }: { task: string }) =>
    work(
      [{ role: "system", content: EXECUTOR }, { role: "user", content: task }],
      EXECUTOR_TOOLS,
      { search_projects: searchProjects, get_project_details: getProjectDetails },
      { onCall: (name) => send({ type: "step_tool", name }) },
    );
  await work(
    [{ role: "system", content: PLANNER }, { role: "user", content: message }],
    PLANNER_TOOLS,
    { list_tasks: listTasks, research_step: research },
    { onText: (delta) => send({ type: "text", delta }), onCall: (name) => send({ type: "tool", name }) },
  );
  response.end();
});
