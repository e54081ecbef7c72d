// I5 for what rows say of themselves: what a thread was opened with, who speaks in it, and how agents, threads and plans
// ended, as the end of their run and of their steps has it.
import { attemptsAt, type Evidence, type Violation } from "./evidence.ts";

export function* wordViolations(evidence: Evidence): Generator<Violation> {
  const { run, agents, threads, messages, plans } = evidence;
  const found = (problem: string): Violation => ({ invariant: "I5", problem });
  for (const { id, step_number, initial_context } of threads) {
    if (Object.keys(initial_context).length === 0) {
      yield found(`thread ${id} of step ${step_number} does not say what it was opened with`);
    }
  }
  for (const { seq, agent_session_id, sender_type, sender_agent_id } of messages) {
    const agent = agents.find(({ id }) => id === sender_agent_id);
    const expected = sender_type === "planner" || sender_type === "executor" ? sender_type : undefined;
    if (agent?.type === expected) continue;
    yield found(`message ${seq} of thread ${agent_session_id} is said by ${sender_type} ${sender_agent_id}`);
  }

  const own = [
    ...agents.filter(({ type }) => type === "planner").map((row) => ({ ...row, what: "the planner" })),
    ...threads.filter(({ plan_id }) => plan_id === null).map((row) => ({ ...row, what: "the main thread" })),
  ];
  for (const { what, status } of own) {
    if (status !== run.status) yield found(`${what} is ${status} in a run that is ${run.status}`);
  }
  if (run.cancel_requested_at === null && run.finished_reason !== "superseded") {
    for (const { id, status } of [...agents, ...threads, ...plans]) {
      if (status === "cancelled") yield found(`${id} is cancelled in a run that nobody has cancelled`);
    }
  }
  for (const { step_number, attempt, created_at, finished_at } of evidence.executions) {
    if (finished_at === null || Date.parse(finished_at) >= Date.parse(created_at)) continue;
    yield found(`attempt ${attempt} at step ${step_number} ended before it began`);
  }
  yield* stepEnds(evidence);
}

/** An executor and the thread of a step end as the step's last attempt. */
function* stepEnds(evidence: Evidence): Generator<Violation> {
  const { run, agents, threads, executions } = evidence;
  for (const { plan_id, step_number, attempt, agent_session_id, executor_agent_id, status } of executions) {
    if (agent_session_id === null || attempt !== attemptsAt(evidence, plan_id, step_number).at(-1)?.attempt) {
      continue;
    }
    const expected = endOf(status, run.status);
    const ends = [
      { what: "thread", status: threads.find(({ id }) => id === agent_session_id)?.status },
      ...agents.filter(({ id }) => id === executor_agent_id).map(({ status }) => ({
        what: "executor",
        status,
      })),
    ];
    for (const { what, status: ended } of ends) {
      if (ended === expected) continue;
      const problem = `the ${what} of step ${step_number} is ${ended}, its last attempt ${status}`;
      yield { invariant: "I5", problem };
    }
  }
}

/** A question that nobody has answered ends with its run. */
function endOf(status: string, run: string): string {
  if (status === "needs_input") return run;
  return status === "partial" ? "completed" : status;
}
