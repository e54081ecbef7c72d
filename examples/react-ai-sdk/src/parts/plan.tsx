import type { Executor, Plan, PlanStep } from "../chat_message.ts";
import { wordsOf } from "./tool.tsx";

/** What is to be done, how far each step is, and what is being called for it. */
export function PlanCard({ plan, executors }: { plan: Plan; executors: Executor[] }) {
  const done = plan.steps.filter(({ state }) => state === "completed").length;
  return (
    <section className="card plan" aria-label="Plan">
      <h2>
        {plan.goal} <small>{done} of {plan.steps.length}</small>
      </h2>
      <ol>
        {plan.steps.map((step) => (
          <Step
            key={step.step_number}
            step={step}
            executor={executors.findLast(({ step_number }) => step_number === step.step_number)}
          />
        ))}
      </ol>
    </section>
  );
}

function Step({ step, executor }: { step: PlanStep; executor: Executor | undefined }) {
  const { state, title, summary, error } = step;
  return (
    <li className={state}>
      <span className="sign" role="img" aria-label={state} />
      <div>
        {title}
        {state === "running" &&
          executor?.calls.map(({ tool_call_id, name, ok }) => (
            <small key={tool_call_id}>
              {wordsOf(name)} {ok === undefined ? "…" : ok ? "done" : "failed"}
            </small>
          ))}
        {(error ?? summary) && <small>{error ?? summary}</small>}
      </div>
    </li>
  );
}
