// What waits for a person, of all conversations, and one of it whole.
import { useEffect, useRef, useState } from "preact/hooks";
import { settledCall, type Waiting } from "../data/approvals_data.ts";
import { sentenceOf } from "../data/console_data.ts";
import { useData } from "../data/use_data.ts";
import { go } from "../navigate.ts";
import { ApprovalCard } from "../parts/approval_card.tsx";
import { toolWords } from "../../shared/contracts/approval_title.ts";
import { settledWords } from "../parts/approval_words.ts";
import { Icon } from "../parts/icons.tsx";
import { isField, lettersWork } from "../parts/key_list.tsx";
import { leadTo } from "../parts/lead_to.ts";
import { Loading } from "../parts/loading.tsx";
import { PageHead, type PageProps } from "../parts/page_head.tsx";
import { useLoaded } from "../parts/use_loaded.ts";
import { useMedia } from "../parts/use_media.ts";
import { useNow } from "../parts/use_now.ts";
import { useWaiting, type WaitingList } from "../parts/use_waiting.ts";
import { lookKey, WaitingListView } from "../parts/waiting_list.tsx";
import { formatRoute } from "../route.ts";

interface ApprovalsPageProps extends PageProps {
  call_id: string | null;
}

export function ApprovalsPage({ call_id, open_menu }: ApprovalsPageProps) {
  const [loaded, again] = useWaiting();
  const narrow = useMedia("(max-width: 900px)");
  const above = narrow && call_id !== null ? { title: "Approvals", href: "#/approvals" } : undefined;
  return (
    <>
      <PageHead title={above ? "Approval" : "Approvals"} above={above} open_menu={open_menu} />
      <Loading of={loaded}>
        {(list) => <Inbox key="inbox" {...{ list, call_id, narrow, again }} />}
      </Loading>
    </>
  );
}

interface InboxProps {
  list: WaitingList;
  call_id: string | null;
  narrow: boolean;
  again: () => void;
}

function Inbox({ list, call_id, narrow, again }: InboxProps) {
  const { waiting } = list;
  const now = useNow(true, 30_000);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const all = useAllowAll(again);
  const [chosen, shown] = useShown(waiting, call_id, narrow);
  if (waiting.length === 0 && shown === null && call_id === null) return <Nothing />;

  const see = (approval: Waiting) => setSeen((known) => new Set(known).add(lookKey(approval)));
  const pressed = (event: KeyboardEvent) => walk(event, waiting, chosen);
  return (
    <div class="approvals" onKeyDown={pressed}>
      {(!narrow || call_id === null) && (
        <div class="approvals-list">
          {all.problem && (
            <p class="problem" role="alert">
              <Icon name="failed" />
              {all.problem}
            </p>
          )}
          <WaitingListView {...{ list, now, seen }} selected={chosen} busy={all.busy} allowAll={all.allow} />
        </div>
      )}
      {chosen !== null && (
        <div class="approvals-one">
          {shown
            ? (
              <ApprovalCard
                key={chosen}
                approval={shown}
                settled={again}
                seen={() => see(shown)}
                gone={!waiting.includes(shown)}
                next={waiting.find(({ tool_call_id }) => tool_call_id !== chosen)?.tool_call_id}
                focused={call_id !== null}
              />
            )
            : <Settled call_id={chosen} />}
        </div>
      )}
    </div>
  );
}

/**
 * The chosen call's id, and the call. Without a choice it is the first, where there is room beside the list. What was
 * decided stays in view until another is chosen.
 */
function useShown(
  waiting: readonly Waiting[],
  call_id: string | null,
  narrow: boolean,
): [string | null, Waiting | null] {
  const kept = useRef<Waiting | null>(null);
  const first = kept.current?.tool_call_id ?? waiting[0]?.tool_call_id ?? null;
  const chosen = call_id ?? (narrow ? null : first);
  const open = waiting.find(({ tool_call_id }) => tool_call_id === chosen);
  if (open) kept.current = open;
  return [chosen, kept.current?.tool_call_id === chosen ? kept.current : null];
}

function useAllowAll(again: () => void) {
  const data = useData();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const allow = async (calls: readonly Waiting[]) => {
    const [first] = calls;
    if (!first) return;
    setBusy(true);
    setProblem(null);
    try {
      const left = new AbortController();
      const decisions = calls.map(({ tool_call_id, arguments_sha256 }) => ({
        ...{ tool_call_id, arguments_sha256, approved: true },
      }));
      await data.ask((client) => client.decide(first.run_id, decisions, { signal: left.signal }));
      left.abort();
      data.tell({ type: "decided", run_id: first.run_id });
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(false);
    again();
  };
  return { busy, problem, allow: (calls: readonly Waiting[]) => void allow(calls) };
}

/** j and k go through the list. */
function walk(event: KeyboardEvent, waiting: readonly Waiting[], chosen: string | null): void {
  if (!lettersWork() || isField(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const step = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
  if (step === 0) return;
  const at = waiting.findIndex(({ tool_call_id }) => tool_call_id === chosen);
  const next = waiting[Math.max(0, Math.min(waiting.length - 1, at + step))];
  if (next) go(formatRoute({ page: "approvals", call: next.tool_call_id }), "replace");
  event.preventDefault();
}

function Settled({ call_id }: { call_id: string }) {
  const data = useData();
  const loaded = useLoaded(data, call_id, () => settledCall(data, call_id));
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => leadTo(heading.current), [loaded.type]);
  return (
    <div class="approval-body">
      <Loading of={loaded}>
        {(call) =>
          call === null
            ? (
              <p class="muted">
                There is no such call. <a href="#/approvals">See what waits for you.</a>
              </p>
            )
            : (
              <>
                <h2 ref={heading} tabIndex={-1}>{toolWords(call.tool_name)}</h2>
                <p class="note plain">
                  <Icon name="done" />
                  <span>
                    {settledWords(call.status, call.error)}{" "}
                    <a href={formatRoute({ page: "trace", run: call.run_id }, { sel: call_id })}>
                      See it in its run
                    </a>
                  </span>
                </p>
              </>
            )}
      </Loading>
    </div>
  );
}

function Nothing() {
  return (
    <div class="empty">
      <p>Nothing waits for you.</p>
      <p class="muted">
        A change that is not simply allowed stands here until you allow, edit or decline it.
      </p>
    </div>
  );
}
