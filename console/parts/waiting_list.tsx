// The list of what waits: by run, soonest expiry first.
import type { Waiting } from "../data/approvals_data.ts";
import { formatRoute } from "../route.ts";
import { headline, toolWords } from "../../shared/contracts/approval_title.ts";
import { changeWords, expiry } from "./approval_words.ts";
import { counted, exact } from "./format.ts";
import { Icon } from "./icons.tsx";
import { useTools } from "./use_tools.ts";
import type { WaitingList } from "./use_waiting.ts";

interface WaitingListProps {
  list: WaitingList;
  selected: string | null;
  now: number;
  /** The calls of which everything has been seen, as it is. */
  seen: ReadonlySet<string>;
  busy: boolean;
  allowAll: (calls: readonly Waiting[]) => void;
}

export function WaitingListView(
  { list: { waiting, messages }, selected, now, seen, busy, allowAll }: WaitingListProps,
) {
  const runs = [...Map.groupBy(waiting, ({ run_id }) => run_id)];
  return (
    <nav class="waiting" aria-label="What waits for you">
      <p class="waiting-sum muted">
        {waiting.length} open in {counted(runs.length, "run")}, soonest expiry first
      </p>
      {runs.map(([run_id, calls]) => (
        <section key={run_id}>
          <h2 class="cut muted small" title={messages.get(run_id)}>{messages.get(run_id) || "A run"}</h2>
          <ul>
            {calls.map((call) => <Entry key={call.tool_call_id} {...{ call, selected, now }} />)}
          </ul>
          {calls.length > 1 && <AllowAll {...{ calls, seen, busy, allowAll }} />}
        </section>
      ))}
    </nav>
  );
}

function Entry({ call, selected, now }: { call: Waiting; selected: string | null; now: number }) {
  const { short, words, soon } = expiry(call.expires_at, now);
  const title = useTools().get(call.name)?.title ?? toolWords(call.name);
  return (
    <li>
      <a
        class="waiting-entry"
        href={formatRoute({ page: "approvals", call: call.tool_call_id })}
        aria-current={call.tool_call_id === selected ? "true" : undefined}
      >
        <Icon name="waits" tone="warn" />
        <span>{headline(title, call.effects)}</span>
        <span class={soon ? "bad" : "muted"} title={exact(call.expires_at)}>
          <span class="vh">, {words}</span>
          <span aria-hidden="true">{short}</span>
        </span>
        <span class="waiting-changes small muted">{changeWords(call.effects)}</span>
      </a>
    </li>
  );
}

interface AllowAllProps extends Pick<WaitingListProps, "seen" | "busy" | "allowAll"> {
  calls: readonly Waiting[];
}

/** Together only once each has been seen. */
function AllowAll({ calls, seen, busy, allowAll }: AllowAllProps) {
  const left = calls.filter((call) => !seen.has(lookKey(call))).length;
  return (
    <p class="allow-all">
      <button
        type="button"
        class="button small"
        disabled={left > 0 || busy}
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        onClick={() => allowAll(calls)}
      >
        Allow all {calls.length}
      </button>
      {left > 0 && (
        <span class="small muted">
          once you have looked at {left === calls.length ? "each" : `${left} more`}
        </span>
      )}
    </p>
  );
}

/** One look of a call: another one where it has changed. */
export function lookKey({ tool_call_id, arguments_sha256, effects }: Waiting): string {
  return `${tool_call_id} ${arguments_sha256} ${JSON.stringify(effects)}`;
}
