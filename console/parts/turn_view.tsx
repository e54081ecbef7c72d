// One turn of a conversation: what its user said, what was done, what was answered, and how it ended.
import type { Turn } from "../data/chat.ts";
import { answerPart, changesOf, commentary, isUnfinished, type LiveRun } from "../data/live_run.ts";
import { formatRoute } from "../route.ts";
import { ApprovalPlace } from "./approval_place.tsx";
import { ChangesBlock } from "./changes_block.tsx";
import { clock, cost, counted, duration, exact, grouped } from "./format.ts";
import { Icon, Spinner } from "./icons.tsx";
import { Markdown } from "./markdown_view.tsx";
import { UserMessage, type UserMessageProps } from "./user_message.tsx";
import { WorkBlock } from "./work_block.tsx";

interface TurnViewProps extends UserMessageProps {
  /** Shows its plan; absent where it is shown. */
  show_plan: (() => void) | null;
  /** Says the same once more. */
  again: () => void;
}

export function TurnView({ turn, show_plan, again, ...message }: TurnViewProps) {
  const { live, answer, problem, run_id } = turn;
  return (
    <article class="turn" data-run={run_id ?? undefined}>
      <UserMessage turn={turn} {...message} />
      {(live || answer !== null) && (
        <section class="answer" aria-label="Answer">
          <p class="who">
            <b>Planner</b>
            {live?.state.started_at && (
              <time class="faint" dateTime={live.state.started_at} title={exact(live.state.started_at)}>
                {clock(live.state.started_at)}
              </time>
            )}
          </p>
          {live && <Way run={live} show_plan={show_plan} />}
          <Words turn={turn} />
          {live && <End run={live} again={again} />}
        </section>
      )}
      {problem && (
        <p class="problem" role="alert">
          <Icon name="failed" />
          {problem}
        </p>
      )}
    </article>
  );
}

/** What came before the answer. */
function Way({ run, show_plan }: { run: LiveRun; show_plan: (() => void) | null }) {
  const { state, withdrawn } = run;
  return (
    <>
      {commentary(run).map((text, at) => <p key={at} class="commentary">{text}</p>)}
      {withdrawn.length > 0 && <p class="commentary faint">The model’s words were lost; it started again.</p>}
      {state.takeovers > 0 && (
        <p class="commentary faint">
          Taken over {counted(state.takeovers, "time")}: another process went on where the one before ended.
        </p>
      )}
      <WorkBlock run={run} at_work={isUnfinished(state) && answerPart(run) === null} />
      {state.plan && show_plan && (
        <button type="button" class="button small" onClick={show_plan}>
          <Icon name="plan" />Show its plan
        </button>
      )}
      {state.approvals.filter((one) => one.open).map((approval) => (
        <ApprovalPlace
          key={approval.tool_call_id}
          approval={approval}
          run_id={state.run_id}
          session_id={state.session_id ?? ""}
        />
      ))}
    </>
  );
}

/**
 * The answer: as it is written, and as it is stored once it is whole. What is stored of a run that was stopped or has
 * failed tells in words what its log tells here.
 */
function Words({ turn: { live, answer } }: { turn: Turn }) {
  const part = live && answerPart(live);
  const growing = live !== null && isUnfinished(live.state);
  const written = live && part ? live.state.parts[part - 1] ?? "" : "";
  const stands = live === null || live.state.status === "completed" || live.state.parts.length === 0;
  const text = (stands ? answer : null) ?? written;
  return text === ""
    ? null
    : <Markdown text={text} growing={growing} tainted={live?.state.tainted ?? true} />;
}

const ENDS: Readonly<Record<string, string>> = {
  limit: "It stopped at one of its limits and answered with what it had.",
  budget: "It stopped at its budget and answered with what it had.",
  length: "The answer was cut off at the model’s output limit.",
  superseded: "It waited for you; your next message took its place.",
};

function End({ run, again }: { run: LiveRun; again: () => void }) {
  const { state } = run;
  if (isUnfinished(state)) return null;
  const changes = changesOf(run);
  const note = ENDS[state.finished_reason ?? ""];
  return (
    <>
      {state.status === "cancelled" && state.finished_reason !== "superseded" && (
        <p class="note plain">
          <Icon name="stopped" />You stopped it.{changes.length === 0 && " Nothing had been changed."}
        </p>
      )}
      {note && (
        <p class="note">
          <Icon name="warning" />
          {note}
        </p>
      )}
      {state.error && (
        <p class="problem" role="alert">
          <Icon name="failed" />
          {state.error.message}
        </p>
      )}
      {state.error?.retryable && (
        <button type="button" class="button small" onClick={again}>
          Try again
        </button>
      )}
      {changes.length > 0 && <ChangesBlock run_id={state.run_id} changes={changes} />}
      <Facts run={run} />
    </>
  );
}

function Facts({ run: { state } }: { run: LiveRun }) {
  const { usage, started_at, at, run_id } = state;
  const took = started_at && at ? Date.parse(at) - Date.parse(started_at) : null;
  return (
    <p class="turn-facts">
      {took !== null && <span>{duration(took)}</span>}
      {usage && <span>{counted(usage.model_calls, "model call")}</span>}
      {usage && <span>{grouped(usage.input_tokens)} tokens in, {grouped(usage.output_tokens)} out</span>}
      {usage && <span>{cost(usage.cost_usd)}</span>}
      <a href={formatRoute({ page: "trace", run: run_id })}>Open trace</a>
    </p>
  );
}

/** A turn whose run has not been read yet. */
export function TurnWaits() {
  return (
    <p class="commentary">
      <Spinner />
    </p>
  );
}
