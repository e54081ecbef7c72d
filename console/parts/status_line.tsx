// What is going on, over the message box, with Stop. A screen reader is told of it now and then, and of the end.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Turn } from "../data/chat.ts";
import { useData } from "../data/use_data.ts";
import { isUnfinished, statusOf } from "../data/live_run.ts";
import { duration } from "./format.ts";
import { Icon, Spinner } from "./icons.tsx";

/** A line that is broken for less is nobody's concern. */
const BROKEN_MS = 1_000;
/** So long without news, and the line is open: that is said. */
const QUIET_MS = 5_000;
const SAID_MS = 5_000;
const ANSWER_CHARACTERS = 200;

interface StatusLineProps {
  /** The turn that is under way, or the last one. */
  turn: Turn | null;
  now: number;
  stop: () => void;
}

export function StatusLine({ turn, now, stop }: StatusLineProps) {
  const { line } = useData();
  const live = turn?.live ?? null;
  const busy = live !== null && isUnfinished(live.state);
  const sending = turn?.sent === "sending";
  const waits = live?.state.status === "awaiting_approval";
  const broken = !waits && line.broken_at !== null && now - line.broken_at > BROKEN_MS;
  const quiet = turn !== null && now - turn.news_at > QUIET_MS;
  const status = turn?.stopping && (busy || sending)
    ? "Stopping…"
    : !busy || !live
    ? sending ? (broken ? "No connection. It is sent when there is one." : "Sending") : ""
    : broken
    ? "Reconnecting. The run goes on."
    : statusOf(live) + (quiet && !waits ? " · still working" : "");
  const began = live?.state.started_at;
  const run_now = live?.state.at && turn ? Date.parse(live.state.at) + Math.max(0, now - turn.news_at) : null;
  return (
    <>
      <Said status={status} answer={busy || sending ? null : turn?.answer ?? null} key={turn?.key} />
      {status !== "" && (
        <div class={`status-line ${waits ? "warn" : ""}`}>
          {waits ? <Icon name="waits" /> : <Spinner />}
          <span class="cut">{status}</span>
          <span class="block-end faint">
            {began && run_now !== null && !waits && duration(Math.max(0, run_now - Date.parse(began)))}
          </span>
          {(busy || sending) && (
            <button type="button" class="button danger small" disabled={turn?.stopping} onClick={stop}>
              <Icon name="stop" />Stop<kbd>Esc</kbd>
            </button>
          )}
        </div>
      )}
    </>
  );
}

/** For screen readers alone: the status at most each five seconds, and the end with the beginning of the answer. */
function Said({ status, answer }: { status: string; answer: string | null }) {
  const [said, say] = useState("");
  const last = useRef(-Infinity);
  const worked = useRef(false);
  useEffect(() => {
    if (status === "") {
      if (!worked.current || answer === null) return;
      worked.current = false;
      return say(`The answer is complete. ${answer.slice(0, ANSWER_CHARACTERS)}`);
    }
    worked.current = true;
    const wait = Math.max(0, last.current + SAID_MS - performance.now());
    const timer = setTimeout(() => {
      last.current = performance.now();
      say(status);
    }, wait);
    return () => clearTimeout(timer);
  }, [status, answer]);
  return <p role="status" class="vh">{said}</p>;
}
