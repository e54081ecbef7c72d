// Where a plan stands: right of the chat, or on a phone in a strip under the head that opens.
import { useState } from "preact/hooks";
import type { Turn } from "../data/chat.ts";
import { isUnfinished } from "../data/live_run.ts";
import { Icon } from "./icons.tsx";
import { PlanView } from "./plan_view.tsx";
import { StateIcon } from "./state_pill.tsx";

/** `now` is the page's clock. */
export function PlanPlace({ turn, now }: { turn: Turn | null; now: number }) {
  const [open, setOpen] = useState(false);
  const live = turn?.live ?? null;
  const plan = live?.state.plan;
  if (!turn || !live || !plan) return null;
  const latest = live.state.at === null ? Date.now() : Date.parse(live.state.at);
  const run_now = isUnfinished(live.state) ? latest + Math.max(0, now - turn.news_at) : latest;
  const done = plan.steps.filter((step) => step.state === "completed").length;
  return (
    <>
      <button type="button" class="block-head plan-strip" aria-expanded={open} onClick={() => setOpen(!open)}>
        <StateIcon state={plan.status} />
        <span class="cut">Plan: {plan.goal}</span>
        <span class="block-end faint">{done} of {plan.steps.length}</span>
        <Icon name={open ? "closed" : "open"} tone="faint" />
      </button>
      <aside class={`plan-side ${open ? "open" : ""}`} aria-label="Plan">
        <PlanView run={live} now={run_now} />
      </aside>
    </>
  );
}
