// Shows a turn while it happens: redrawn in place on a terminal, line by line elsewhere.
import type { RunEvent } from "../../shared/contracts/events.ts";
import { plainText } from "./plain_log.ts";
import { activity, activityLine, renderBlock } from "./render.ts";
import { Screen, type Terminal } from "./screen.ts";
import type { Style } from "./style.ts";
import { advance, EMPTY_VIEW, type View } from "./view.ts";

const FRAME_MS = 80;

export interface Show {
  style: Style;
  terminal: Terminal;
  /** Whether lines can be drawn again. */
  live: boolean;
}

/** Shows the events until they end, or until `signal` says to stop; resolves with the view that they made. */
export async function showTurn(
  events: AsyncIterable<RunEvent>,
  show: Show,
  signal: AbortSignal,
): Promise<View> {
  return await (show.live ? showLive(events, show, signal) : showPlain(events, show));
}

async function showPlain(events: AsyncIterable<RunEvent>, { terminal }: Show): Promise<View> {
  let view = EMPTY_VIEW;
  for await (const event of events) {
    const previous = view;
    view = advance(view, event);
    terminal.write(plainText(event, view, previous));
  }
  return view;
}

async function showLive(
  events: AsyncIterable<RunEvent>,
  { style, terminal }: Show,
  signal: AbortSignal,
): Promise<View> {
  const screen = new Screen(terminal);
  let view = EMPTY_VIEW;
  let committed = 0;

  const draw = () => {
    const canvas = { style, width: terminal.columns(), now: Date.now() };
    for (; committed < view.blocks.length - 1; committed++) {
      screen.draw([...linesOf(committed, canvas), ""]);
      screen.commit();
    }
    const busy = activity(view);
    screen.draw([...linesOf(committed, canvas), ...(busy === undefined ? [] : [activityLine(busy, canvas)])]);
  };
  const linesOf = (index: number, canvas: Parameters<typeof renderBlock>[1]): string[] => {
    const block = view.blocks[index];
    return block === undefined ? [] : renderBlock(block, canvas);
  };

  const timer = setInterval(draw, FRAME_MS);
  const stop = () => clearInterval(timer);
  signal.addEventListener("abort", stop);
  try {
    for await (const event of events) {
      view = advance(view, event);
      draw();
    }
  } finally {
    stop();
    signal.removeEventListener("abort", stop);
  }
  draw();
  screen.commit();
  return view;
}
