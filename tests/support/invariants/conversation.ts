// I3: the user's message is there once, and once answered when the run completed, with the text that was streamed;
// and whatever else the planner said is what its messages say.
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
  const shown = answerOf(state);
  if (answer.content !== shown) {
    yield found(
      `the answer is stored as ${JSON.stringify(answer.content)}, streamed was ${JSON.stringify(shown)}`,
    );
  }
  if (answer.id !== state.message_id) {
    yield found(`the terminal event names message ${state.message_id}, stored is ${answer.id}`);
  }
  const main = threads.filter((thread) => thread.plan_id === null);
  const said = messages.filter((message) =>
    message.agent_session_id === main[0]?.id && message.role === "assistant" && message.content !== ""
  ).at(-1);
  if (said?.content !== answer.content) {
    yield found(`the planner's last words are ${JSON.stringify(said?.content)}, which is not the answer`);
  }
  yield* partViolations(evidence);
}

/** Each part that stands is the text of the message that all of its events name. */
function* partViolations({ events, state, messages }: Evidence): Generator<Violation> {
  for (const event of events) {
    if (event.type !== "text") continue;
    const { seq, part, message_id } = event;
    const said = state.parts[part - 1] ?? "";
    const stored = messages.find(({ id }) => id === message_id)?.content;
    if (said === "" || said === stored) continue;
    const problem = `part ${part} says ${JSON.stringify(said)}, event ${seq} names ${JSON.stringify(stored)}`;
    yield { invariant: "I3", problem };
  }
}
