import type { Subagent } from "./thread_agent.ts";

/** What this backend's activity of type PLAN holds. */
export interface PlanContent {
  goal: string;
  steps: {
    step_number: number;
    title: string;
    state: string;
    attempt: number;
    summary: string | null;
    error: string | null;
  }[];
}

interface Props {
  plan: PlanContent;
  subagents: ReadonlyMap<string, Subagent>;
}

/** What is to be done, and how far each step is. */
export function Plan({ plan, subagents }: Props) {
  const done = plan.steps.filter(({ state }) => state === "completed").length;
  const running = [...subagents.values()].filter(({ state }) => state === "running").length;
  return (
    <section className="card plan" aria-label="Plan">
      <h2>
        {plan.goal} <small>{done} of {plan.steps.length}{running > 0 && `, ${running} at work`}</small>
      </h2>
      <ol>
        {plan.steps.map(({ step_number, state, title, summary, error }) => (
          <li key={step_number} className={state}>
            <span className="sign" role="img" aria-label={state} />
            <div>{title}{(error ?? summary) && <small>{error ?? summary}</small>}</div>
          </li>
        ))}
      </ol>
    </section>
  );
}
