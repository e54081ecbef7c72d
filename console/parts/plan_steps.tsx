// A plan as it was written.
import type { TracePlan } from "../data/trace_rows.ts";

export function PlanSteps({ plan }: { plan: TracePlan }) {
  return (
    <>
      <p>{plan.goal}</p>
      <ol class="plan-steps">
        {plan.steps.map(({ step_number, title, executor_required }) => (
          <li key={step_number}>
            <span class="faint">{step_number}</span>
            <span>
              {title}
              <span class="muted small">
                {executor_required ? "executor, reads only" : "planner, may write"}
              </span>
            </span>
          </li>
        ))}
      </ol>
    </>
  );
}
