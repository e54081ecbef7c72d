import type { AssistantMessage, Message as AgUiMessage, ToolCall } from "@ag-ui/client";
import { Plan, type PlanContent } from "./plan.tsx";
import { Text } from "./text.tsx";
import type { ThreadState } from "./thread_agent.ts";

/** A message of the thread; results of tools stand with their calls. */
export function Message({ message, state }: { message: AgUiMessage; state: ThreadState }) {
  if (message.role === "user" && typeof message.content === "string") {
    return (
      <article className="user" aria-label="You">
        <Text text={message.content} />
      </article>
    );
  }
  if (message.role === "activity" && message.activityType === "PLAN") {
    return <Plan plan={message.content as PlanContent} subagents={state.subagents} />;
  }
  if (message.role !== "assistant" || state.withdrawn.has(message.id)) return null;
  return (
    <article className="assistant" aria-label="Assistant">
      {message.content && <Text text={message.content} />}
      {message.toolCalls?.map((call) => <Tool key={call.id} call={call} by={message} state={state} />)}
    </article>
  );
}

/** A call of a tool: its name, and on a click what went in and came out. */
function Tool({ call, by, state }: { call: ToolCall; by: AssistantMessage; state: ThreadState }) {
  const result = state.messages.find((one) => one.role === "tool" && one.toolCallId === call.id);
  // Then it stands in its question.
  if (state.interrupts.some(({ toolCallId }) => toolCallId === call.id)) return null;
  const subagent = by.subagentRunId === undefined ? undefined : state.subagents.get(by.subagentRunId);
  return (
    <details className="card tool">
      <summary>
        <b>{call.function.name.replaceAll("_", " ")}</b>{" "}
        <small>
          {result ? "done" : "running …"}
          {subagent && ` · ${subagent.name}`}
        </small>
      </summary>
      <pre>{call.function.arguments}</pre>
      {typeof result?.content === "string" && <p>{result.content}</p>}
    </details>
  );
}
