// A trace that is there: head, facts, filters, overview, rows, and the detail of the selected one.
import { useMemo, useRef, useState } from "preact/hooks";
import { setParams } from "../navigate.ts";
import { formatRoute } from "../route.ts";
import { CopyAs } from "./copy_as.tsx";
import { Icon } from "./icons.tsx";
import { Overview } from "./overview.tsx";
import { PageHead } from "./page_head.tsx";
import { RunActions } from "./run_actions.tsx";
import { SpanDetail } from "./span_detail.tsx";
import { spansOf } from "./spans.ts";
import { StatePill } from "./state_pill.tsx";
import { takeoversOf } from "./takeovers.ts";
import { TraceFacts } from "./trace_facts.tsx";
import { readHidden, TraceTools, writeHidden } from "./trace_tools.tsx";
import { useMedia } from "./use_media.ts";
import { useSameRow } from "./use_same_row.ts";
import { useSelection } from "./use_selection.ts";
import type { Trace } from "./use_trace.ts";
import { useTraceAxis } from "./use_trace_axis.ts";
import { useTypedParam } from "./use_typed_param.ts";
import { useWidth } from "./use_width.ts";
import { visibleSpans } from "./visible_spans.ts";
import { Waterfall, type WaterfallHandle } from "./waterfall.tsx";

interface TraceViewProps {
  trace: Extract<Trace, { type: "ready" }>;
  params: Record<string, string>;
  again(): void;
  open_menu(): void;
}

const NARROW = "(max-width: 600px), (pointer: coarse)";

export function TraceView({ trace, params, again, open_menu }: TraceViewProps) {
  const { rows, live } = trace;
  const { run } = rows;
  const row_px = useMedia(NARROW) ? 44 : 26;
  const [track, track_px] = useWidth<HTMLDivElement>();
  const spans = useMemo(() => spansOf(rows), [rows]);
  const axis = useTraceAxis(trace, track_px);
  const { now } = axis;
  const lost = run.status === "running" && Date.parse(run.lease_expires_at) < now && !live;
  const state = lost ? "abandoned" : run.status;
  const taken_over = useMemo(() => takeoversOf(rows.moments), [rows]);

  const hidden = useMemo(() => readHidden(params.hide), [params.hide]);
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const [find, setFind] = useTypedParam("q", params.q ?? "");
  const shown = useMemo(() => visibleSpans(spans, { hidden, folded, find }), [spans, hidden, folded, find]);
  const [selected, select] = useSelection(params.sel ?? "");
  const [asked, setAsked] = useState(0);
  const rows_handle = useRef<WaterfallHandle>(null);
  const span = useMemo(() => spans.find(({ id }) => id === selected) ?? null, [spans, selected]);

  useSameRow(spans, span, selected, select);

  const fold = (id: string, is_folded: boolean) => {
    const next = new Set(folded);
    if (is_folded) next.add(id);
    else next.delete(id);
    setFolded(next);
  };
  const close = () => {
    select("");
    rows_handle.current?.focus();
  };
  return (
    <>
      <PageHead
        title={run.message ?? "A run whose texts were deleted"}
        above={{ title: "Runs", href: "#/runs" }}
        open_menu={open_menu}
        state={
          <span class="wide">
            <StatePill state={state} />
          </span>
        }
      >
        <RunActions run={run} now={now} changed={() => live || again()} />
        <a class="button" href={formatRoute({ page: "chat", session: run.session_id }, { run: run.id })}>
          <Icon name="chat" />
          <span class="wide">Chat</span>
        </a>
        <CopyAs row={{ table: "agent_runs", key: { id: run.id } }} />
      </PageHead>
      <TraceFacts rows={rows} state={state} end={now} />
      <div class={`trace ${span ? "with-detail" : ""}`}>
        <section class="trace-main" aria-label="Trace">
          <TraceTools
            {...{ spans, hidden, find }}
            found={shown.found}
            hide={(kinds) => setParams({ hide: writeHidden(kinds) })}
            look_for={setFind}
          />
          <Overview spans={spans} axis={axis} selected={span} go_to={(id) => rows_handle.current?.show(id)} />
          <Waterfall
            spans={shown.spans}
            {...{ folded, selected, axis, taken_over, row_px, track_px, track, select, fold }}
            empty={`No row has “${find}”.`}
            open_detail={() => setAsked(asked + 1)}
            handle={rows_handle}
          />
        </section>
        {span && (
          <SpanDetail
            {...{ span, axis, asked, close }}
            tab={params.tab ?? ""}
            choose={(tab) => setParams({ tab })}
            back={() => rows_handle.current?.focus()}
          />
        )}
      </div>
    </>
  );
}
