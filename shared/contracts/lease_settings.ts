// How long the workers of a run live, from the environment: the platform ends every process some time.
import { z } from "zod";
import { readSettings } from "./settings.ts";

export const LeaseSettings = z.object({
  /** How long a lease holds without a heartbeat. */
  lease_seconds: z.coerce.number().positive().max(3_600).default(15),
  /** Hand-off is due after so long; 0: at every checkpoint. */
  deadline_seconds: z.coerce.number().min(0).default(110),
});
export type LeaseSettings = z.infer<typeof LeaseSettings>;

export const LEASE_VARIABLES: Record<keyof LeaseSettings, string> = {
  lease_seconds: "RUN_LEASE_SECONDS",
  deadline_seconds: "RUN_DEADLINE_SECONDS",
};

/**
 * When hand-off is due for an invocation that begins `now`, in milliseconds since the epoch. `born` is when its
 * process began, where the platform's limit counts from there. The platform gives no request to a process that has
 * used up half of its time, so one that still gets one has as much before it as behind it.
 */
export function deadlineAt(
  { now, born, deadline_ms }: { now: number; born: number; deadline_ms: number },
): number {
  const age = now - born;
  return now + Math.min(deadline_ms, Math.max(deadline_ms - age, age / 2));
}

/** How long the environment lets workers live. Throws a sentence that names the variable which is wrong. */
export function readLeaseSettings(env: Record<string, string | undefined>): LeaseSettings {
  return readSettings(LeaseSettings, LEASE_VARIABLES, env);
}
