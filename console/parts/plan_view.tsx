// A plan as it is carried out: groups of steps that may work side by side, each with its track on the plan's own clock.
import { useState } from "preact/hooks";
import type { LiveRun } from "../data/live_run.ts";
import { inARow } from "../../shared/contracts/approval_title.ts";
import { counted, duration } from "./format.ts";
import { Icon } from "./icons.tsx";
import { planWaves, type Wave } from "./plan_waves.ts";
import { PlanStepView } from "./plan_step.tsx";

interface PlanViewProps {
  run: LiveRun;
  /** The time on the run's own clock. */
  now: number;
  /** Closes it where it lies over the page. */
  close?: () => void;
}

export function PlanView({ run, now, close }: PlanViewProps) {
  const [lit, light] = useState<readonly number[]>([]);
  const { plan } = run.state;
  if (!plan) return null;
  const done = plan.steps.filter((step) => step.state === "completed").length;
  const running = plan.steps.filter((step) => step.state === "running").length;
  const begins = run.planned_at ?? now;
  const ends = plan.status === "executing" ? now : lastEnd(run) ?? now;
  return (
    <>
      <header class="plan-head">
        <Icon name="plan" />
        <h2>Plan</h2>
        {plan.revision > 1 && <span class="pill faint">revision {plan.revision}</span>}
        <span class="block-end muted">{done} of {plan.steps.length} done</span>
        {close && (
          <button type="button" class="button bare small" aria-label="Close the plan" onClick={close}>
            <Icon name="close" />
          </button>
        )}
      </header>
      <div class="progress" aria-hidden="true">
        <i class="done" style={{ width: share(done, plan.steps.length) }} />
        <i class="running" style={{ width: share(running, plan.steps.length) }} />
      </div>
      <p class="muted plan-goal">{plan.goal}</p>
      {planWaves(plan.steps).map((wave, at) => (
        <section key={at} class="wave" aria-label={waveWords(wave)}>
          <p class="wave-head small muted">
            <span>{sideBySide(wave)}</span>
            <span class="faint">{after(wave)}</span>
          </p>
          <ol class="wave-steps">
            {plan.steps.filter((step) => wave.steps.includes(step.step_number)).map((step) => (
              <PlanStepView
                key={step.step_number}
                {...{ run, step, begins, ends, now }}
                lit={lit.includes(step.step_number)}
                light={(on) => light(on ? step.depends_on : [])}
              />
            ))}
          </ol>
        </section>
      ))}
      <p class="plan-foot small faint">
        {counted(plan.steps.length, "step")} on one clock, {duration(Math.max(0, ends - begins))}
        {run.calls.some((call) => call.access === "write") && (
          <span class="mark-key">
            <i class="mark" aria-hidden="true" />a write
          </span>
        )}
      </p>
    </>
  );
}

function share(part: number, whole: number): string {
  return `${whole === 0 ? 0 : (part / whole) * 100}%`;
}

function lastEnd({ steps, state }: LiveRun): number | null {
  const ends = [...steps.values()].flatMap((step) => step.ended_at ?? []);
  const at = state.at === null ? null : Date.parse(state.at);
  return ends.length > 0 ? Math.max(...ends) : at;
}

function sideBySide({ steps }: Wave): string {
  return steps.length === 1 ? `Step ${steps[0]}` : `${steps.length} side by side`;
}

function after({ after }: Wave): string {
  return after.length === 0 ? "no dependencies" : `after ${inARow(after)}`;
}

function waveWords(wave: Wave): string {
  return `${sideBySide(wave)}, ${after(wave)}`;
}
