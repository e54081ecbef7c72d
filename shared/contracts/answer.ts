// What a run comes to, as one JSON answer: for callers that do not stream.
import type { Approval } from "./approval.ts";
import type { Open } from "./read_event.ts";
import type { FinishedReason, Strategy } from "./events.ts";
import { pick } from "./pick.ts";
import { answerOf, type PlanState, type RunState, type StepState } from "./run_state.ts";
import type { Usage } from "./usage.ts";

/** A plan without what only those need who watch it: times, questions and calls. */
export interface PlanOutcome extends Omit<PlanState, "steps"> {
  steps: Omit<StepState, "started_at" | "ended_at" | "question" | "calls">[];
}

/** The answer of `POST /agent-planner` with `stream: false`: how the run has ended, or what it waits for. */
export interface RunAnswer {
  run_id: string;
  session_id: string | null;
  status: RunState["status"];
  strategy: Open<Strategy> | null;
  /** Null for a run that did not complete. */
  answer: string | null;
  message_id: string | null;
  user_message_id: string | null;
  plan: PlanOutcome | null;
  /** The calls that wait for a person, where it is `awaiting_approval`. */
  approvals: Open<Approval>[];
  usage: Usage | null;
  finished_reason: Open<FinishedReason> | null;
  /** It has read text from outside, which may speak through it: show no remote image, and where links lead. */
  tainted: boolean;
}

/** The answer of a run that has ended and has not failed, or that waits for a person. */
export function runAnswerOf(state: RunState): RunAnswer {
  return {
    ...pick(state, "run_id", "session_id", "user_message_id", "status", "strategy", "message_id"),
    ...pick(state, "usage", "finished_reason", "tainted"),
    answer: answerOf(state),
    plan: state.plan && outcomeOf(state.plan),
    approvals: state.approvals.flatMap(({ open, decision: _decision, ...approval }) =>
      open ? [approval] : []
    ),
  };
}

function outcomeOf({ steps, ...plan }: PlanState): PlanOutcome {
  return {
    ...plan,
    steps: steps.map((
      { started_at: _started, ended_at: _ended, question: _question, calls: _calls, ...step },
    ) => step),
  };
}
