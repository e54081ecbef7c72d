// A trace as it stands: a run under way from its events, as they come; one that waits or has ended from its rows.
import { useEffect, useState } from "preact/hooks";
import { type ConsoleData, sentenceOf } from "../data/console_data.ts";
import { readRun, readTrace } from "../data/trace_data.ts";
import type { TraceRows } from "../data/trace_rows.ts";
import { addEvent, liveRows } from "./live_rows.ts";
import { pauseWhileSeen } from "./while_seen.ts";

export type Trace =
  | { type: "loading" }
  | { type: "missing" }
  | { type: "failed"; problem: string }
  /** `skew`: how far the project's clock is ahead of this one. */
  | { type: "ready"; rows: TraceRows; live: boolean; skew: number };

type Show = (trace: Trace) => void;

/** How often a run that waits for a person is looked at. */
const LOOK_MS = 5_000;

export function useTrace(data: ConsoleData, run_id: string): { trace: Trace; again: () => void } {
  const [trace, setTrace] = useState<Trace>({ type: "loading" });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const show: Show = (next) => signal.aborted || setTrace(next);
    // What is there stays until there is something newer.
    setTrace((now) => now.type === "ready" ? now : { type: "loading" });
    follow(data, run_id, show, signal).catch((error) => show({ type: "failed", problem: sentenceOf(error) }));
    return () => controller.abort();
  }, [data, run_id, tries]);
  return { trace, again: () => setTries(tries + 1) };
}

async function follow(data: ConsoleData, run_id: string, show: Show, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const run = await readRun(data, run_id);
    if (run === null) return show({ type: "missing" });
    if (run.status === "running") {
      const seen = await showEvents(data, liveRows(run), show, signal);
      // An owner that is lost says nothing until somebody has taken the run over.
      if (!seen) await pauseWhileSeen(LOOK_MS, signal);
      continue;
    }
    show({ type: "ready", rows: await readTrace(data, run), live: false, skew: 0 });
    if (run.finished_at !== null) return;
    const { status } = run;
    for (let now = run; now.status === status && !signal.aborted;) {
      await pauseWhileSeen(LOOK_MS, signal);
      now = await readRun(data, run_id) ?? now;
    }
  }
}

/** Draws at most once a frame. True where there was anything to draw. */
async function showEvents(
  data: ConsoleData,
  live: ReturnType<typeof liveRows>,
  show: Show,
  signal: AbortSignal,
): Promise<boolean> {
  let frame = 0;
  let skew = 0;
  let seen = false;
  const draw = () => {
    frame = 0;
    show({ type: "ready", rows: { ...live.rows }, live: true, skew });
  };
  draw();
  const opened = Date.now();
  for await (const event of data.follow(live.rows.run.id, 0, signal)) {
    seen = true;
    addEvent(live, event);
    // What comes at once was written before; what comes later has just been.
    const ahead = Date.parse(event.at) - Date.now();
    skew = Date.now() - opened > SETTLED_MS ? ahead : Math.max(skew, ahead);
    frame ||= requestAnimationFrame(draw);
  }
  cancelAnimationFrame(frame);
  if (!signal.aborted) draw();
  return seen;
}

const SETTLED_MS = 1_000;
