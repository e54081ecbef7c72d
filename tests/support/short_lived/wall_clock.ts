// A wall clock like the platform's, scaled down: a limit of 3 s, and work that takes three quarters of it.
import type { ScriptedTurnInput } from "../models/script.ts";
import { shortLivedFunctions, type TestedShortLived } from "./open_short_lived_functions.ts";

const LIMIT_MS = 3_000;
export const WORK_MS = 2_250;

/** Functions of which every request has a process of its own, which is killed when its time is up. */
export function functionsUnderClock(): Promise<TestedShortLived> {
  return shortLivedFunctions({
    limit_ms: LIMIT_MS,
    settings: { RUN_LEASE_SECONDS: "2", RUN_DEADLINE_SECONDS: "2" },
  });
}

/** A model call that was lost may be made again. */
export const repeatable = (turns: ScriptedTurnInput[]) =>
  turns.map((turn) => ({ ...turn, times: "any" as const }));

/** The work of a run: its processes, how many of them were killed, and how many model calls were made twice. */
export function worked(
  run_id: string,
  workers: TestedShortLived["workers"],
  requests: { messages?: unknown }[],
) {
  const distinct = new Set(requests.map(({ messages }) => JSON.stringify(messages)));
  return {
    hand_offs:
      workers.filter(({ request }) => request === `POST /agent-planner/runs/${run_id}/resume`).length,
    kills: workers.filter(({ end }) => end === "time_up").length,
    repeated: requests.length - distinct.size,
  };
}
