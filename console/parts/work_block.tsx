// What was done on the way to the answer: the last calls, with what they said. Open while there is work, closed once the
// answer is being written, and as its reader wants it after the first click.
import { useState } from "preact/hooks";
import { changesOf, type LiveCall, type LiveRun } from "../data/live_run.ts";
import { formatRoute } from "../route.ts";
import { counted, duration } from "./format.ts";
import { Icon, Spinner } from "./icons.tsx";

const SHOWN = 7;

interface WorkBlockProps {
  run: LiveRun;
  /** Work goes on. */
  at_work: boolean;
}

export function WorkBlock({ run, at_work }: WorkBlockProps) {
  const [chosen, choose] = useState<boolean | null>(null);
  const { calls, state } = run;
  if (calls.length === 0 && !state.plan) return null;
  const open = chosen ?? at_work;
  const waiting = state.approvals.filter((one) => one.open).map((one) => one.tool_call_id);
  const earlier = calls.length - SHOWN;
  const changes = changesOf(run).length;
  const steps = state.plan?.steps.length ?? 0;
  return (
    <section class="block work" aria-label="Work">
      <button type="button" class="block-head" aria-expanded={open} onClick={() => choose(!open)}>
        <Icon name={open ? "open" : "closed"} tone="faint" />
        <Icon name={steps > 0 ? "plan" : "read"} tone="muted" />
        <span class="cut">
          {steps > 0 && `${counted(steps, "step")}, `}
          {counted(calls.length, "tool call")}
          {changes > 0 && <span class="write">, {counted(changes, "change")}</span>}
        </span>
        <span class="block-end faint">{spent(run)}</span>
      </button>
      {open && (
        <ol class="calls">
          {earlier > 0 && (
            <li class="calls-earlier muted">
              <a href={formatRoute({ page: "trace", run: state.run_id })}>{earlier} earlier, in the trace</a>
            </li>
          )}
          {calls.slice(-SHOWN).map((call) => (
            <CallRow key={call.id} call={call} waits={waiting.includes(call.id)} />
          ))}
          {calls.length === 0 && <li class="calls-earlier muted">No tool was called yet</li>}
        </ol>
      )}
    </section>
  );
}

function CallRow({ call, waits }: { call: LiveCall; waits: boolean }) {
  const { step, name, title, state, said, duration_ms } = call;
  return (
    <li class="call">
      <span class="call-step faint" title={step === null ? undefined : `Step ${step}`}>{step}</span>
      {waits ? <Icon name="waits" tone="warn" /> : <CallIcon call={call} />}
      <span class="call-words cut" title={said || name}>
        <span class="call-title" title={name}>{title}</span>
        {waits && <span class="warn">waits for you</span>}
        {said && <span class={state === "failed" ? "bad" : "muted"}>{said}</span>}
      </span>
      <span class="block-end faint">{duration_ms !== null && duration(duration_ms)}</span>
    </li>
  );
}

export function CallIcon({ call: { state, access } }: { call: Pick<LiveCall, "state" | "access"> }) {
  if (state === "running") return <Spinner />;
  if (state === "failed") return <Icon name="failed" tone="bad" />;
  const known = access === "write" ? "write" : access === "read" ? "read" : null;
  return known ? <Icon name={known} tone={known} /> : <Icon name="step" tone="faint" />;
}

/** From the first call to the end of the last one. */
function spent({ calls }: LiveRun): string {
  const [first] = calls;
  if (!first) return "";
  const ends = calls.map((call) => call.started_at + (call.duration_ms ?? 0));
  return duration(Math.max(...ends) - first.started_at);
}
