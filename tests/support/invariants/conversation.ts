// I3: the user's message is there once, and once answered when the run completed, with the text that was streamed.
import { answerOf } from "../../../shared/contracts/run_state.ts";
import type { Evidence, Violation } from "./evidence.ts";

export function* conversationViolations(evidence: Evidence): Generator<Violation> {
  const { run, chat_messages, state, threads, messages } = evidence;
  const found = (problem: string): Violation => ({ invariant: "I3", problem });
  const asked = chat_messages.filter((message) => message.role === "user");
  if (asked.length !== 1) yield found(`the run has ${asked.length} user messages`);
  if (asked[0] && asked[0].content !== run.request.message) {
    yield found(`the user's message is stored as ${JSON.stringify(asked[0].content)}`);
  }
  if (asked[0] && asked[0].id !== state.user_message_id) {
    yield found(`the session event names user message ${state.user_message_id}, stored is ${asked[0].id}`);
  }

  const answers = chat_messages.filter((message) => message.role === "assistant");
  const expected = run.status === "completed" ? 1 : 0;
  if (answers.length !== expected) {
    yield found(`the run is ${run.status} and has ${answers.length} assistant messages`);
  }
  const [answer] = answers;
  if (!answer || run.status !== "completed") return;
  const said = answerOf(state);
  if (answer.content !== said) {
    yield found(
      `the answer is stored as ${JSON.stringify(answer.content)}, streamed was ${JSON.stringify(said)}`,
    );
  }
  if (answer.id !== state.message_id) {
    yield found(`the terminal event names message ${state.message_id}, stored is ${answer.id}`);
  }
  const main = threads.filter((thread) => thread.plan_id === null);
  const last = messages.filter((message) => message.agent_session_id === main[0]?.id).at(-1);
  if (last?.role !== "assistant" || last.content !== answer.content || (last.tool_calls ?? []).length > 0) {
    yield found(
      `the planner's thread ends with a message of ${last?.role ?? "nobody"} that is not the answer`,
    );
  }
}
