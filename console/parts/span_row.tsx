// One row of the waterfall: its name in the tree, its bar on the clock.
import { barOf } from "./bar.ts";
import { duration } from "./format.ts";
import { Icon, type IconName } from "./icons.tsx";
import { isContainer, shownState, type Span, type SpanKind } from "./span.ts";
import { lookOf } from "./state_pill.tsx";
import type { TimeAxis } from "./time_axis.ts";

export const SPAN_ICONS: Readonly<Record<SpanKind, { icon: IconName; tone: string }>> = {
  run: { icon: "runs", tone: "faint" },
  plan: { icon: "plan", tone: "faint" },
  step: { icon: "step", tone: "faint" },
  model: { icon: "model", tone: "model" },
  read: { icon: "read", tone: "read" },
  write: { icon: "write", tone: "write" },
  hand_in: { icon: "send", tone: "faint" },
};

interface SpanRowProps {
  span: Span;
  /** Of the rows that are shown, from 0. */
  index: number;
  folded: boolean;
  place: { position: number; siblings: number };
  axis: TimeAxis;
  track_px: number;
}

export function SpanRow({ span, index, folded, place, axis, track_px }: SpanRowProps) {
  const { icon, tone } = SPAN_ICONS[span.kind];
  const container = isContainer(span);
  return (
    <div
      role="treeitem"
      id={rowId(span.id)}
      class="span-row"
      style={{ "--depth": String(span.depth) }}
      data-id={span.id}
      data-index={index}
      aria-level={span.depth + 1}
      aria-setsize={place.siblings}
      aria-posinset={place.position}
      aria-expanded={container ? !folded : undefined}
      aria-selected="false"
    >
      <span class="span-name">
        {container
          ? (
            <span class="fold" data-fold={span.id}>
              <Icon name={folded ? "closed" : "open"} tone="faint" />
            </span>
          )
          : <span class="fold" />}
        <Icon name={icon} tone={tone} />
        <span class={`cut ${container || span.kind === "model" ? "" : "mono"}`} title={span.name}>
          {span.name}
        </span>
      </span>
      <Track span={span} axis={axis} track_px={track_px} />
      <span class="vh">{moreWords(span, axis)}</span>
    </div>
  );
}

export function rowId(id: string): string {
  return `row-${id}`;
}

function Track({ span, axis, track_px }: Pick<SpanRowProps, "span" | "axis" | "track_px">) {
  const { left, width, label } = barOf(span, axis, track_px);
  const { kind, state, end } = span;
  const look = ODD.has(state) ? state : end === null ? "open" : "";
  const at = label === "before"
    ? { right: percent(1 - left) }
    : { left: percent(label === "inside" ? left : left + width) };
  const first = firstTokenShare(span);
  return (
    <span class="track">
      <span class={`bar ${kind} ${look}`} style={{ left: percent(left), width: percent(width) }}>
        {first > 0 && <span class="first" style={{ width: percent(first) }} />}
      </span>
      <span class={`bar-label ${label}`} style={at}>{words(span, axis)}</span>
    </span>
  );
}

/** What a bar has to say besides its length. */
const ODD = new Set([
  "failed",
  "rejected",
  "cancelled",
  "skipped",
  "awaiting_approval",
  "partial",
  "needs_input",
]);

function words(span: Span, axis: TimeAxis) {
  const { state } = span;
  const odd = ODD.has(state) ? lookOf(state) : null;
  if (state === "skipped") return <span class="faint">skipped</span>;
  return (
    <>
      {odd && <span class={odd.tone}>{odd.word}</span>} {spanMs(span, axis)}
    </>
  );
}

/** How long it took; of what waited for a person, how long it worked. */
export function spanMs({ start, end }: Span, axis: TimeAxis): string {
  return duration(axis.elapsed(end ?? axis.now) - axis.elapsed(start));
}

/** What a reader sees by colour and place. */
function moreWords(span: Span, axis: TimeAxis): string {
  const access = span.kind === "read" ? "reads, " : span.kind === "write" ? "writes, " : "";
  const state = ODD.has(span.state) ? "" : `${lookOf(shownState(span)).word}, `;
  return `${access}${state}starts at ${duration(axis.elapsed(span.start))}`;
}

function firstTokenShare(span: Span): number {
  if (span.kind !== "model" || span.end === null || span.row.first_token_ms === null) return 0;
  return Math.min(1, span.row.first_token_ms / Math.max(1, span.end - span.start));
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(3)}%`;
}
