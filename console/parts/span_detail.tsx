// The selected row of a trace: what it is, and what stands in its row.
import { useEffect, useRef } from "preact/hooks";
import type { RowAddress } from "../data/row_address.ts";
import { CopyAs } from "./copy_as.tsx";
import { duration } from "./format.ts";
import { Icon } from "./icons.tsx";
import { ModelAnswer } from "./model_answer.tsx";
import { PlanSteps } from "./plan_steps.tsx";
import { PromptView } from "./prompt_view.tsx";
import { RowView } from "./row_view.tsx";
import { RunSummary } from "./run_summary.tsx";
import { shownState, type Span, spanTitle } from "./span.ts";
import { SPAN_ICONS, spanMs } from "./span_row.tsx";
import { StatePill } from "./state_pill.tsx";
import { StepDetail } from "./step_detail.tsx";
import { type Tab, TabPanel, Tabs } from "./tabs.tsx";
import type { TimeAxis } from "./time_axis.ts";
import { ToolTab } from "./tool_tab.tsx";

interface SpanDetailProps {
  span: Span;
  axis: TimeAxis;
  /** The tab that is asked for; the first where this row has no such. */
  tab: string;
  /** Grows each time the reader asks for the detail by key. */
  asked: number;
  choose(tab: string): void;
  /** Back to the rows. */
  back(): void;
  close(): void;
}

export function SpanDetail({ span, axis, tab, asked, choose, back, close }: SpanDetailProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (asked > 0) heading.current?.focus();
  }, [asked]);
  const tabs = tabsOf(span);
  const open = tabs.some(({ id }) => id === tab) ? tab : tabs[0]?.id ?? "row";
  const { icon, tone } = SPAN_ICONS[span.kind];
  const row = addressOf(span);
  const escape = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || event.defaultPrevented) return;
    event.preventDefault();
    back();
  };
  return (
    <aside class="detail" aria-labelledby="detail-title" onKeyDown={escape}>
      <header class="detail-head">
        <Icon name={icon} tone={tone} />
        <h2 id="detail-title" ref={heading} tabIndex={-1}>{spanTitle(span)}</h2>
        <button type="button" class="button bare small" aria-label="Close the detail" onClick={close}>
          <Icon name="close" />
        </button>
        <p class="detail-facts muted">
          {span.kind === "model" && <span>{span.row.model_answered ?? span.row.model_asked ?? "model"}</span>}
          {span.kind === "read" && <span>reads</span>}
          {span.kind === "write" && <span class="write">writes</span>}
          {span.kind === "step" && span.row.worker && (
            <span>{span.row.worker === "planner" ? "planner, may write" : "executor, reads only"}</span>
          )}
          <span>{spanMs(span, axis)}</span>
          <span>starts at {duration(axis.elapsed(span.start))}</span>
        </p>
        <StatePill state={shownState(span)} />
      </header>
      <div class="detail-tabs">
        <Tabs label="What is shown of it" tabs={tabs} open={open} choose={choose} />
        {row && <CopyAs row={row} look="small" />}
      </div>
      <TabPanel open={open} key={`${span.id} ${open}`}>
        {open === "row" ? <RowView row={row} span={span} /> : <Content span={span} open={open} />}
      </TabPanel>
    </aside>
  );
}

function Content({ span, open }: { span: Span; open: string }) {
  switch (span.kind) {
    case "model":
      return open === "prompt" ? <PromptView call={span.row} /> : <ModelAnswer call={span.row} />;
    case "read":
    case "write":
    case "hand_in":
      return <ToolTab call={span.row} tab={open} />;
    case "step":
      return <StepDetail step={span.row} />;
    case "plan":
      return <PlanSteps plan={span.row} />;
    case "run":
      return <RunSummary run={span.row} />;
  }
}

const ROW: Tab = { id: "row", name: "Row" };

function tabsOf(span: Span): Tab[] {
  switch (span.kind) {
    case "model": {
      const { message_seq } = span.row;
      const prompt = {
        id: "prompt",
        name: "Prompt",
        count: message_seq === null ? undefined : message_seq - 1,
      };
      return [{ id: "answer", name: "Answer" }, prompt, ROW];
    }
    case "read":
    case "hand_in":
      return [{ id: "arguments", name: "Arguments" }, { id: "result", name: "Result" }, ROW];
    case "write":
      return [
        ...[{ id: "arguments", name: "Arguments" }, { id: "result", name: "Result" }],
        ...[{ id: "changes", name: "Changes" }, ROW],
      ];
    case "step":
      return [{ id: "step", name: "Step" }, ROW];
    case "plan":
      return [{ id: "plan", name: "Plan" }, ROW];
    case "run":
      return [{ id: "run", name: "Run" }, ROW];
  }
}

const TABLES: Readonly<Record<Span["kind"], string>> = {
  run: "agent_runs",
  plan: "agent_plans",
  step: "agent_executions",
  model: "usage_ledger",
  read: "agent_tool_calls",
  write: "agent_tool_calls",
  hand_in: "agent_tool_calls",
};

/** Null for what has no row yet. */
export function addressOf({ kind, row: { id } }: Span): RowAddress | null {
  return id.startsWith("live:") ? null : { table: TABLES[kind], key: { id } };
}
