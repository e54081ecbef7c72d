// I3: the user's message is there once, and so is what the assistant says to it: the text that was streamed where the
// run completed, or else how it ended; and whatever else the planner said is what its messages say.
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
  if (answers.length !== 1) yield found(`the run has ${answers.length} assistant messages`);
  const [answer] = answers;
  if (!answer) return;
  if (answer.id !== state.message_id) {
    yield found(`the terminal event names message ${state.message_id}, stored is ${answer.id}`);
  }
  if (run.status !== "completed") return yield* toldViolations(evidence, answer.content);
  yield* partViolations(evidence);
  const shown = answerOf(state);
  if (answer.content !== shown) {
    yield found(
      `the answer is stored as ${JSON.stringify(answer.content)}, streamed was ${JSON.stringify(shown)}`,
    );
  }
  const main = threads.filter((thread) => thread.plan_id === null);
  const said = messages.filter((message) =>
    message.agent_session_id === main[0]?.id && message.role === "assistant" && message.content !== ""
  ).at(-1);
  if (said?.content !== answer.content) {
    yield found(`the planner's last words are ${JSON.stringify(said?.content)}, which is not the answer`);
  }
}

/** Without an answer, the session is told what was shown, how it ended, and whether anything was changed. */
function* toldViolations({ run, state, tool_calls }: Evidence, told: string): Generator<Violation> {
  const found = (problem: string): Violation => ({
    invariant: "I3",
    problem: `${problem}: ${JSON.stringify(told)}`,
  });
  const said = state.parts.join("").length <= 4_000 ? state.parts.map((part) => part.trim()) : [];
  if (!said.every((part) => told.includes(part))) yield found("the session is not told what was shown");
  const why = run.finished_reason === "superseded"
    ? /when they sent their next message/
    : run.status === "cancelled"
    ? /stopped by the user/
    : /failed|interrupted|abandoned|stopped/;
  if (!why.test(told)) yield found(`the run is ${run.status}, and the session is not told so`);
  const done = tool_calls.filter((call) => call.access === "write" && call.status === "succeeded");
  if (told.includes("Nothing was changed.") !== (done.length === 0)) {
    yield found(`${done.length} writes were made, the session is told otherwise`);
  }
}

/**
 * Each part that stands is the text of the message that all of its events name. The last part of a run without an answer
 * may have been cut off before there was one.
 */
function* partViolations({ run, events, state, messages }: Evidence): Generator<Violation> {
  for (const event of events) {
    if (event.type !== "text") continue;
    const { seq, part, message_id } = event;
    const said = state.parts[part - 1] ?? "";
    const stored = messages.find(({ id }) => id === message_id)?.content;
    if (said === "" || said === stored) continue;
    if (stored === undefined && run.status !== "completed" && part === state.parts.length) continue;
    const problem = `part ${part} says ${JSON.stringify(said)}, event ${seq} names ${JSON.stringify(stored)}`;
    yield { invariant: "I3", problem };
  }
}
