// What a person takes back of what agents have done, with a client that no agent has.
import { z } from "zod";
import type { EngineClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";
import { type Patience, patiently } from "./patiently.ts";
import { REFUSALS } from "./run_refusals.ts";

export interface Undone {
  run_id: string;
  /** The calls whose changes were taken back, newest first; without those that had been before. */
  undone: string[];
  /** The call at which it stopped, and why that one has to stay; null where all were taken back. */
  stopped: { tool_call_id: string; reason: string; message: string } | null;
}

export interface Undo {
  /** Takes back a run's calls, the newest first, up to the first that has to stay. Errors: `not_found`. */
  run(run_id: string): Promise<Undone>;
  /** Takes back one call of the run, whole. Errors: `not_found`; `conflict` where it has to stay. */
  call(run_id: string, call_id: string): Promise<Undone>;
}

const UndoneRun = z.object({
  undone: z.array(z.uuid()),
  stopped: z.object({ call_id: z.uuid(), reason: z.string() }).nullable(),
});
const UndoneCall = z.object({ undone: z.int() });

/** `db` acts for the person. What was undone is not undone again, so each is tried again while a lease lasts. */
export function createUndo(
  db: EngineClient,
  patience: Patience,
): Undo {
  const trying = <T>(work: () => Promise<T>) => patiently(work, patience);

  return {
    run: (run_id) =>
      trying(async () => {
        const { data, error, status } = await db.rpc("undo_run", { p_run_id: run_id });
        if (error) throw databaseError(error, status);
        const { undone, stopped } = UndoneRun.parse(data);
        return { run_id, undone, stopped: stopped && stoppedAt(stopped) };
      }),
    call: (run_id, call_id) =>
      trying(async () => {
        const { data, error, status } = await db.rpc("undo_tool_call", {
          p_call_id: call_id,
          p_run_id: run_id,
        });
        if (error) throw databaseError(error, status);
        const { undone } = UndoneCall.parse(data);
        return { run_id, undone: undone > 0 ? [call_id] : [], stopped: null };
      }),
  };
}

function stoppedAt({ call_id, reason }: { call_id: string; reason: string }) {
  return { tool_call_id: call_id, reason, message: REFUSALS[reason]?.[1] ?? "It can't be undone." };
}
