// A call that waits for a person: what it does, why it is asked, what it would change, and what can be done about it.
import { useEffect, useRef } from "preact/hooks";
import type { Waiting } from "../data/approvals_data.ts";
import { formatRoute } from "../route.ts";
import { headline, toolWords } from "../../shared/contracts/approval_title.ts";
import { expiry, whoAsks } from "./approval_words.ts";
import { DecideBar } from "./decide_bar.tsx";
import { EditArguments } from "./edit_arguments.tsx";
import { EffectsView } from "./effects_view.tsx";
import { counted, exact } from "./format.ts";
import { Icon } from "./icons.tsx";
import { JsonView } from "./json_view.tsx";
import { isField, lettersWork } from "./key_list.tsx";
import { leadTo } from "./lead_to.ts";
import { type Decision, useDecision } from "./use_decision.ts";
import { useNow } from "./use_now.ts";
import { useTools } from "./use_tools.ts";

interface ApprovalCardProps {
  approval: Waiting;
  /** It waits no more, here or elsewhere. */
  settled: () => void;
  /** What is shown is awake: it has been seen. */
  seen?: () => void;
  /** Takes the focus when it appears. */
  focused?: boolean;
  /** The call to look at after this one. */
  next?: string;
  /** It stands in the list no more. */
  gone?: boolean;
}

export function ApprovalCard({ approval, settled, seen, focused, next, gone = false }: ApprovalCardProps) {
  const decision = useDecision(approval, settled);
  const { shown, before, mode, outcome, problem, asleep, busy } = decision;
  const { name, why, run_id, tool_call_id } = approval;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => void (focused && leadTo(heading.current)), [tool_call_id, focused]);
  useEffect(() => void (!asleep && seen?.()), [asleep]);
  const tool = useTools().get(name);
  const title = headline(tool?.title ?? toolWords(name), shown.effects);
  const id = `approval-${tool_call_id}`;
  return (
    <section
      class="approval"
      aria-labelledby={id}
      onKeyDown={(event) => gone || pressed(event, decision)}
    >
      <div class="approval-body">
        <Facts approval={approval} />
        <h2 id={id} ref={heading} tabIndex={-1}>{title}</h2>
        {outcome === null && <Why why={why} />}
        {before && outcome === null && (
          <p class="note" role="alert">
            <Icon name="warning" />It changed since: look again at what it would do.
          </p>
        )}
        {shown.edited && outcome === null && (
          <p class="note plain" role="status">
            <Icon name="write" />Edited. This is what it would do; nothing is decided yet.
          </p>
        )}
        {before && outcome === null && <EffectsView effects={before} old />}
        <EffectsView effects={shown.effects} problem={approval.problem} />
        {mode === "edit"
          ? (
            <EditArguments
              arguments={shown.arguments}
              schema={tool?.parameters}
              problem={problem}
              busy={busy}
              look={decision.look}
              cancel={() => decision.setMode("look")}
            />
          )
          : <Arguments value={shown.arguments} />}
        {problem && mode !== "edit" && (
          <p class="problem" role="alert">
            <Icon name="failed" />
            {problem.problem}
          </p>
        )}
      </div>
      {outcome === null && !gone && <DecideBar decision={decision} remember={approval.remember} />}
      {(outcome !== null || gone) && (
        <p class="decide-bar note plain" role="status">
          <Icon name={outcome ? "done" : "warning"} tone={outcome ? "ok" : "warn"} />
          <span>{outcome ?? "It waits no more: it was decided elsewhere, or its time was up."}</span>
          <a href={formatRoute({ page: "trace", run: run_id }, { sel: tool_call_id })}>See its run</a>
          {next && <a class="button" href={formatRoute({ page: "approvals", call: next })}>Next</a>}
        </p>
      )}
    </section>
  );
}

function Facts({ approval: { name, step_number, run_id, expires_at } }: { approval: Waiting }) {
  const { words, soon } = expiry(expires_at, useNow(true, 30_000));
  return (
    <p class="approval-facts muted">
      <span class="pill warn">
        <Icon name="waits" tone="warn" />Waits for you
      </span>
      <span class="mono">{name}</span>
      <span>
        {step_number !== undefined && `step ${step_number} of `}
        <a href={formatRoute({ page: "trace", run: run_id })}>
          {step_number === undefined ? "its run" : "this run"}
        </a>
      </span>
      <span class={soon ? "bad" : ""} title={exact(expires_at)}>
        <Icon name="clock" /> {words}
      </span>
    </p>
  );
}

function Why({ why }: Pick<Waiting, "why">) {
  return (
    <div class="note why">
      <Icon name="warning" />
      <div>
        {why.map(({ by, text }, index) => (
          <p key={index}>
            <b>{index === 0 ? "Why this is asked. " : ""}</b>
            {text} <span class="small">({whoAsks(by)})</span>
          </p>
        ))}
      </div>
    </div>
  );
}

function Arguments({ value }: { value: Waiting["arguments"] }) {
  const number = value instanceof Object ? Object.keys(value).length : 1;
  return (
    <details class="block approval-arguments">
      <summary>
        <b>Arguments</b> <span class="muted">{counted(number, "value")}</span>
      </summary>
      <JsonView value={value} label="Arguments" />
    </details>
  );
}

/** Single letters, with the focus inside of the card and in no field. */
function pressed(event: KeyboardEvent, { mode, outcome, allow, setMode, asleep }: Decision): void {
  if (event.key === "Escape" && mode !== "look") return setMode("look");
  if (!lettersWork() || isField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  if (mode !== "look" || outcome !== null || asleep) return;
  if (event.key === "a") allow("once");
  else if (event.key === "e") setMode("edit");
  else if (event.key === "d") setMode("decline");
  else return;
  event.preventDefault();
}
