// Shows a turn while it happens: redrawn in place on a terminal, line by line elsewhere.
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import { initialRunState, reduceRun, type RunState } from "../../shared/contracts/run_state.ts";
import { plainText } from "./plain_log.ts";
import { activity, activityLine, renderBlock } from "./render.ts";
import { Screen, type Terminal } from "./screen.ts";
import type { Style } from "../terminal/style.ts";
import { blocksOf } from "./view.ts";

const FRAME_MS = 80;

export interface Show {
  style: Style;
  terminal: Terminal;
  /** Whether lines can be drawn again. */
  live: boolean;
}

/**
 * Shows the events until they end, or until `signal` says to stop; resolves with what they add up to, with those that
 * came before.
 */
export async function showTurn(
  events: AsyncIterable<ReadEvent>,
  show: Show,
  signal: AbortSignal,
  before: RunState = initialRunState(""),
): Promise<RunState> {
  return await (show.live ? showLive(events, show, signal, before) : showPlain(events, show, before));
}

async function showPlain(
  events: AsyncIterable<ReadEvent>,
  { terminal }: Show,
  before: RunState,
): Promise<RunState> {
  let state = before;
  for await (const event of events) {
    const previous = state;
    state = reduceRun(state, event);
    terminal.write(plainText(event, state, previous));
  }
  return state;
}

async function showLive(
  events: AsyncIterable<ReadEvent>,
  { style, terminal }: Show,
  signal: AbortSignal,
  before: RunState,
): Promise<RunState> {
  const screen = new Screen(terminal);
  let state = before;
  // What was shown last may have waited: it is shown once more, as it goes on.
  let committed = Math.max(0, blocksOf(before).length - 1);

  const draw = () => {
    const canvas = { style, width: terminal.columns(), now: Date.now(), waiting: waitingIn(state) };
    const blocks = blocksOf(state).map((block) => renderBlock(block, canvas));
    for (; committed < blocks.length - 1; committed++) {
      screen.draw([...blocks[committed] ?? [], ""]);
      screen.commit();
    }
    const busy = activity(state);
    screen.draw([...blocks[committed] ?? [], ...(busy === undefined ? [] : [activityLine(busy, canvas)])]);
  };

  const timer = setInterval(draw, FRAME_MS);
  const stop = () => clearInterval(timer);
  signal.addEventListener("abort", stop);
  try {
    for await (const event of events) {
      state = reduceRun(state, event);
      draw();
    }
  } finally {
    stop();
    signal.removeEventListener("abort", stop);
  }
  draw();
  screen.commit();
  return state;
}

/** The calls that wait for a person. */
function waitingIn({ approvals }: RunState): ReadonlySet<string> {
  return new Set(approvals.filter(({ open }) => open).map(({ tool_call_id }) => tool_call_id));
}
