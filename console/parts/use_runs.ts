// A page of runs. Those that have not ended are read again every few seconds while somebody looks; none moves.
import { useEffect, useState } from "preact/hooks";
import { type ConsoleData, sentenceOf } from "../data/console_data.ts";
import { type ListedRun, readRuns, readRunsAgain, readWrites, type RunFilters } from "../data/runs_data.ts";
import { pauseWhileSeen } from "./while_seen.ts";

export type RunsState =
  | { type: "loading" }
  | { type: "failed"; problem: string }
  | { type: "ready"; runs: ListedRun[]; more: boolean; writes: ReadonlyMap<string, number> };

const LOOK_MS = 5_000;

export function useRuns(data: ConsoleData, filters: RunFilters): { state: RunsState; again: () => void } {
  const [state, setState] = useState<RunsState>({ type: "loading" });
  const [tries, setTries] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const show = (next: RunsState) => signal.aborted || setState(next);
    watch(data, filters, show, signal).catch((error) => show({ type: "failed", problem: sentenceOf(error) }));
    return () => controller.abort();
  }, [data, JSON.stringify(filters), tries]);
  return { state, again: () => setTries(tries + 1) };
}

async function watch(
  data: ConsoleData,
  filters: RunFilters,
  show: (state: RunsState) => void,
  signal: AbortSignal,
): Promise<void> {
  const page = await readRuns(data, filters);
  let { runs } = page;
  const { more } = page;
  let writes = new Map<string, number>();
  show({ type: "ready", runs, more, writes });
  writes = await readWrites(data, runs.map(({ id }) => id));
  show({ type: "ready", runs, more, writes });
  for (;;) {
    const open = runs.filter((run) => run.finished_at === null).map(({ id }) => id);
    if (open.length === 0 || signal.aborted) return;
    await pauseWhileSeen(LOOK_MS, signal);
    if (signal.aborted) return;
    const now = new Map((await readRunsAgain(data, open)).map((run) => [run.id, run]));
    runs = runs.map((run) => now.get(run.id) ?? run);
    writes = new Map([...writes, ...await readWrites(data, open)]);
    show({ type: "ready", runs, more, writes });
  }
}
