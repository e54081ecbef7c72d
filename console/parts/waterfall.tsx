// The rows of a trace on one clock. What is selected is a layer of its own: moving it draws neither the rows nor the
// overview again.
import { useImperativeHandle, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Ref } from "preact";
import { duration } from "./format.ts";
import { lettersWork } from "./key_list.tsx";
import type { Span } from "./span.ts";
import { percent, rowId, SpanRow } from "./span_row.tsx";
import { tickWords } from "./tick_words.ts";
import type { TimeAxis } from "./time_axis.ts";
import { placesOf, treeKey } from "./tree_keys.ts";
import { useAnchor } from "./use_anchor.ts";
import { type Coming, topFor } from "./virtual_range.ts";
import { useVirtualRows } from "./virtual_rows.ts";
import type { TakenOver } from "./takeovers.ts";

export interface WaterfallHandle {
  focus(): void;
  /** Brings a row into view. */
  show(id: string): void;
}

interface WaterfallProps {
  spans: Span[];
  folded: ReadonlySet<string>;
  selected: string;
  axis: TimeAxis;
  taken_over: TakenOver[];
  row_px: number;
  track_px: number;
  track: Ref<HTMLDivElement>;
  /** What else than rows is in it, such as that nothing was found. */
  empty: string;
  select(id: string): void;
  fold(id: string, folded: boolean): void;
  open_detail(): void;
  handle: Ref<WaterfallHandle>;
}

export function Waterfall(props: WaterfallProps) {
  const { spans, folded, selected, axis, row_px, track_px, select, fold } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const tree = useRef<HTMLDivElement>(null);
  const { from, to } = useVirtualRows(scroller, spans.length, row_px);
  const index = useMemo(() => spans.findIndex((span) => span.id === selected), [spans, selected]);
  const places = useMemo(() => placesOf(spans), [spans]);

  useAnchor(scroller, spans, row_px);

  const show = (at: number, coming: Coming) => {
    const element = scroller.current;
    if (!element || at < 0) return;
    const height = element.clientHeight - HEAD_PX;
    const top = topFor(at, { count: spans.length, row_px, top: element.scrollTop, height }, coming);
    if (top !== null) element.scrollTop = top;
  };
  useImperativeHandle(props.handle, () => ({
    focus: () => tree.current?.focus({ preventScroll: true }),
    show: (id) => show(spans.findIndex((span) => span.id === id), "middle"),
  }));
  // A row that the address names is in view from the start; rows that come later move nothing.
  const walked = useRef(false);
  useLayoutEffect(() => {
    show(index, walked.current ? "nearest" : "middle");
    walked.current = true;
  }, [selected]);
  useLayoutEffect(() => markSelected(tree.current, selected), [selected, from, to, spans]);

  const rows = useMemo(
    () =>
      spans.slice(from, to).map((span, offset) => (
        <SpanRow
          key={span.id}
          {...{ span, index: from + offset, axis, track_px }}
          folded={folded.has(span.id)}
          place={places.get(span.id) ?? { position: 1, siblings: 1 }}
        />
      )),
    [spans, from, to, axis, track_px, folded, places],
  );
  const pressed = (event: KeyboardEvent) => {
    const move = treeKey(event, spans, index, folded);
    if (!move || (event.key.length === 1 && !lettersWork())) return;
    event.preventDefault();
    if (move.type === "select") select(move.id);
    else if (move.type === "fold") fold(move.id, move.folded);
    else if (move.type === "detail") props.open_detail();
    else select("");
  };
  const clicked = ({ target }: MouseEvent) => {
    if (!(target instanceof Element)) return;
    const folds = target.closest("[data-fold]")?.getAttribute("data-fold");
    if (folds) return fold(folds, !folded.has(folds));
    const id = target.closest("[data-id]")?.getAttribute("data-id");
    if (id) select(id);
  };
  return (
    <div class="waterfall" ref={scroller}>
      <Ticks axis={axis} track={props.track} />
      {spans.length === 0 && <p class="empty" role="status">{props.empty}</p>}
      <div
        ref={tree}
        class="tree"
        role="tree"
        tabIndex={0}
        aria-label="What the run did"
        style={{ height: `${spans.length * row_px}px` }}
        onKeyDown={pressed}
        onClick={clicked}
      >
        <Lines axis={axis} taken_over={props.taken_over} />
        {index >= 0 && <div class="selected-row" style={{ top: `${index * row_px}px` }} />}
        <div class="rows" style={{ top: `${from * row_px}px` }}>{rows}</div>
      </div>
    </div>
  );
}

/** What stands over the rows while they scroll. */
const HEAD_PX = 24;

/** Rows are told apart by what they are, not by what is selected, so that this needs none of them again. */
function markSelected(tree: HTMLElement | null, selected: string): void {
  if (!tree) return;
  for (const row of tree.querySelectorAll('[aria-selected="true"]')) {
    row.setAttribute("aria-selected", "false");
  }
  const row = selected && document.getElementById(rowId(selected));
  if (row) {
    row.setAttribute("aria-selected", "true");
    tree.setAttribute("aria-activedescendant", row.id);
  } else tree.removeAttribute("aria-activedescendant");
}

function Ticks({ axis, track }: { axis: TimeAxis; track: Ref<HTMLDivElement> }) {
  return (
    <div class="ticks" aria-hidden="true">
      <span class="ticks-name muted">Work</span>
      <div class="track" ref={track}>
        {axis.ticks.map(({ share, ms }) => (
          <span key={ms} class="tick" style={{ left: percent(share) }}>{tickWords(ms)}</span>
        ))}
      </div>
    </div>
  );
}

function Lines({ axis, taken_over }: { axis: TimeAxis; taken_over: TakenOver[] }) {
  return (
    <div class="lines" aria-hidden="true">
      {axis.ticks.map(({ share, ms }) => <span key={ms} class="line" style={{ left: percent(share) }} />)}
      {axis.pauses.map(({ start, end }) => (
        <span
          key={start}
          class="wait"
          title={`Waited for a person: ${duration(end - start)}`}
          style={{ left: percent(axis.share(start)), width: percent(axis.share(end) - axis.share(start)) }}
        />
      ))}
      {taken_over.map(({ at, words }) => (
        <span key={at} class="line taken-over" title={words} style={{ left: percent(axis.share(at)) }} />
      ))}
    </div>
  );
}
