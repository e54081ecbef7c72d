// A step of a plan: its state, who does it, what it came to, and when it worked.
import { useState } from "preact/hooks";
import type { StepState } from "../../client/mod.ts";
import type { LiveCall, LiveRun } from "../data/live_run.ts";
import { counted, duration } from "./format.ts";
import { lookOf, StateIcon } from "./state_pill.tsx";
import { CallIcon } from "./work_block.tsx";

interface PlanStepProps {
  run: LiveRun;
  step: StepState;
  /** The plan's clock. */
  begins: number;
  ends: number;
  now: number;
  /** Another step that depends on it is looked at. */
  lit: boolean;
  light: (on: boolean) => void;
}

export function PlanStepView({ run, step, begins, ends, now, lit, light }: PlanStepProps) {
  const [open, setOpen] = useState(false);
  const { step_number, title, summary, error } = step;
  const state = shownState(run, step);
  const calls = run.calls.filter((call) => call.step === step_number);
  const at_work = calls.findLast((call) => call.state === "running");
  const times = run.steps.get(step_number);
  const started = times?.started_at ?? null;
  const ended = times?.ended_at ?? (step.state === "running" ? now : null);
  return (
    <li
      class={`plan-step ${lit ? "lit" : ""} ${step.state}`}
      onMouseEnter={() => light(true)}
      onMouseLeave={() => light(false)}
    >
      <button
        type="button"
        class="step-head"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
        onFocus={() => light(true)}
        onBlur={() => light(false)}
      >
        <StateIcon state={state} />
        <span class="faint">{step_number}</span>
        <span class="step-title">{title}</span>
        <span class="vh">, {lookOf(state).word}</span>
        <span class="block-end faint">{started !== null && ended !== null && duration(ended - started)}</span>
      </button>
      <p class="step-line muted">
        {step.executor_required ? "executor, reads only" : "planner, may write"}
        {calls.length > 0 && ` · ${counted(calls.length, "tool call")}`}
        {step.attempt > 1 && ` · ${ordinal(step.attempt)} attempt`}
        {at_work && <span>{` · ${at_work.title}`}</span>}
        {WORDS.has(state) && <span class={lookOf(state).tone}>{` · ${lookOf(state).word}`}</span>}
      </p>
      {summary && <p class="step-line">{summary}</p>}
      {error && error !== summary && <p class="step-line bad">{error}</p>}
      {step.question && <p class="step-line warn">Asks: {step.question}</p>}
      {started !== null && ended !== null && (
        <Track {...{ begins, ends, started, ended, calls }} state={step.state} />
      )}
      {open && <StepDetail step={step} calls={calls} />}
    </li>
  );
}

/** States that need their word beside the icon. */
const WORDS = new Set(["partial", "needs_input", "failed", "skipped", "cancelled", "awaiting_approval"]);

function shownState({ state, steps }: LiveRun, step: StepState): string {
  const waits = state.approvals.some((one) => one.open && one.step_number === step.step_number);
  if (waits && step.state !== "completed") return "awaiting_approval";
  const outcome = steps.get(step.step_number)?.outcome;
  const telling = outcome === "partial" || outcome === "needs_input";
  return telling && (step.state === "completed" || step.state === "failed") ? outcome : step.state;
}

interface TrackProps {
  begins: number;
  ends: number;
  started: number;
  ended: number;
  calls: readonly LiveCall[];
  state: string;
}

function Track({ begins, ends, started, ended, calls, state }: TrackProps) {
  const whole = Math.max(1, ends - begins);
  const at = (time: number) => Math.min(100, Math.max(0, ((time - begins) / whole) * 100));
  return (
    <div class="plan-track" aria-hidden="true">
      <i
        class={`work-bar ${state}`}
        style={{ left: `${at(started)}%`, width: `${Math.max(0.5, at(ended) - at(started))}%` }}
      />
      {calls.filter((call) => call.access === "write").map((call) => (
        <i key={call.id} class="mark" style={{ left: `${at(call.started_at)}%` }} />
      ))}
    </div>
  );
}

function StepDetail({ step, calls }: { step: StepState; calls: readonly LiveCall[] }) {
  return (
    <div class="step-detail">
      <p class="muted">{step.task}</p>
      <ul>
        {calls.map((call) => (
          <li key={call.id} class="call">
            <CallIcon call={call} />
            <span class="call-words">
              <span class="call-title">{call.title}</span>
              <span class={call.state === "failed" ? "bad" : "muted"}>{call.said}</span>
            </span>
          </li>
        ))}
      </ul>
      {calls.length === 0 && <p class="faint">It has called no tool.</p>}
    </div>
  );
}

function ordinal(number: number): string {
  return `${number}${
    ["th", "st", "nd", "rd"][number % 10 > 3 || Math.floor(number % 100 / 10) === 1 ? 0 : number % 10]
  }`;
}
