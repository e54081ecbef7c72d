// The whole run in little, on a canvas: shows what went on at once, and where the selected row is. A click goes there.
import { useEffect, useMemo, useRef } from "preact/hooks";
import { type Lane, type LanePiece, overviewLanes } from "./overview_lanes.ts";
import { isContainer, type Span } from "./span.ts";
import { percent } from "./span_row.tsx";
import type { TimeAxis } from "./time_axis.ts";
import { useMedia } from "./use_media.ts";
import { useWidth } from "./use_width.ts";

interface OverviewProps {
  spans: Span[];
  axis: TimeAxis;
  selected: Span | null;
  go_to(id: string): void;
}

const LANE_PX = 6;
const PIECE_PX = 4;
/** Of many threads, lanes are as thin as it takes. */
const MOST_PX = 96;

export function Overview({ spans, axis, selected, go_to }: OverviewProps) {
  const lanes = useMemo(() => overviewLanes(spans, axis), [spans, axis]);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [box, width] = useWidth<HTMLDivElement>();
  const dark = useMedia("(prefers-color-scheme: dark)");
  const lane_px = Math.min(LANE_PX, MOST_PX / Math.max(lanes.length, 1));
  const height = Math.max(lanes.length * lane_px, LANE_PX);
  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, lanes, width, height, lane_px);
  }, [lanes, width, height, lane_px, dark]);

  const clicked = (event: MouseEvent) => {
    const rect = box.current?.getBoundingClientRect();
    if (!rect) return;
    const lane = lanes[Math.floor((event.clientY - rect.top) / lane_px)];
    const near = nearest(spans, axis, (event.clientX - rect.left) / rect.width, lane?.thread);
    if (near) go_to(near.id);
  };
  return (
    <div class="overview" aria-hidden="true">
      <span class="overview-name small muted">All threads</span>
      <div class="overview-box" ref={box} style={{ height: `${height}px` }} onClick={clicked}>
        <canvas ref={canvas} />
        {selected && selected.kind !== "run" && (
          <span
            class="overview-selected"
            style={{
              left: percent(axis.share(selected.start)),
              width: percent(axis.share(selected.end ?? axis.now) - axis.share(selected.start)),
            }}
          />
        )}
      </div>
    </div>
  );
}

/** The call whose middle is nearest, of the lane that was pointed at where there is one. */
function nearest(
  spans: readonly Span[],
  axis: TimeAxis,
  share: number,
  thread: string | undefined,
): Span | null {
  let best: Span | null = null;
  let distance = Infinity;
  for (const span of spans) {
    if (isContainer(span) || (thread !== undefined && (span.thread ?? "") !== thread)) continue;
    const [from, to] = [axis.share(span.start), axis.share(span.end ?? axis.now)];
    const away = share < from ? from - share : share > to ? share - to : 0;
    if (away < distance) [best, distance] = [span, away];
  }
  return best;
}

function draw(
  canvas: HTMLCanvasElement,
  lanes: readonly Lane[],
  width: number,
  height: number,
  lane_px: number,
) {
  const sharp = devicePixelRatio || 1;
  canvas.width = Math.round(width * sharp);
  canvas.height = Math.round(height * sharp);
  const pen = canvas.getContext("2d");
  if (!pen) return;
  pen.scale(sharp, sharp);
  const colours = new Map<LanePiece["kind"], string>();
  const colourOf = (kind: LanePiece["kind"]) => {
    const known = colours.get(kind) ?? resolved(canvas, COLOURS[kind]);
    colours.set(kind, known);
    return known;
  };
  lanes.forEach(({ pieces }, lane) => {
    for (const { left, width: share, kind } of pieces) {
      pen.fillStyle = colourOf(kind);
      pen.fillRect(
        left * width,
        lane * lane_px + 1,
        Math.max(share * width, 1.5),
        Math.min(PIECE_PX, lane_px),
      );
    }
  });
}

const COLOURS: Readonly<Record<LanePiece["kind"], string>> = {
  model: "var(--model)",
  read: "var(--read)",
  write: "var(--warn)",
  hand_in: "var(--edge)",
  failed: "var(--bad)",
};

/** A canvas knows no names of colours: the element says what the name stands for, in the theme of the moment. */
function resolved(canvas: HTMLCanvasElement, colour: string): string {
  canvas.style.color = colour;
  return getComputedStyle(canvas).color;
}
