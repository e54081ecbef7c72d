// What waits for the person who is signed in, kept up to date while they look.
import { useEffect, useRef, useState } from "preact/hooks";
import { runMessages, type Waiting, waitingCalls } from "../data/approvals_data.ts";
import { sentenceOf } from "../data/console_data.ts";
import { useData } from "../data/use_data.ts";
import type { Loaded } from "./use_loaded.ts";
import { pauseWhileSeen } from "./while_seen.ts";

const LOOK_MS = 15_000;

export interface WaitingList {
  waiting: Waiting[];
  /** The messages that began their runs, by run. */
  messages: ReadonlyMap<string, string>;
}

/** The list, and what reads it again at once. */
export function useWaiting(): [Loaded<WaitingList>, () => void] {
  const data = useData();
  const [loaded, setLoaded] = useState<Loaded<WaitingList>>({ type: "loading" });
  const again = useRef(() => {});
  useEffect(() => {
    const left = new AbortController();
    const look = async () => {
      try {
        const waiting = await waitingCalls(data);
        const messages = await runMessages(data, [...new Set(waiting.map(({ run_id }) => run_id))]);
        if (!left.signal.aborted) setLoaded({ type: "ready", value: { waiting, messages } });
      } catch (error) {
        // What was read stays in view: a look that failed says nothing about it.
        const failed = { type: "failed", problem: sentenceOf(error) } as const;
        if (!left.signal.aborted) setLoaded((known) => known.type === "ready" ? known : failed);
      }
    };
    again.current = () => void look();
    const watch = async () => {
      while (!left.signal.aborted) {
        await look();
        await pauseWhileSeen(LOOK_MS, left.signal);
      }
    };
    void watch();
    const deaf = data.hear(() => void look());
    return () => {
      left.abort();
      deaf();
    };
  }, [data]);
  return [loaded, () => again.current()];
}
