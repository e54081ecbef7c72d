// How long the workers of a run live, from the environment: the platform ends every process some time.
import { z } from "zod";
import { readSettings } from "./settings.ts";

export const Lifetime = z.object({
  /** A worker that has given no sign for so long is taken for dead. */
  lease_seconds: z.coerce.number().positive().default(15),
  /** An invocation hands its work on after so long; 0: whenever something has been stored. */
  deadline_seconds: z.coerce.number().min(0).default(110),
});
export type Lifetime = z.infer<typeof Lifetime>;

const VARIABLES: Record<keyof Lifetime, string> = {
  lease_seconds: "RUN_LEASE_SECONDS",
  deadline_seconds: "RUN_DEADLINE_SECONDS",
};

/** The lifetime that the environment sets. Throws a sentence that names the variable which is wrong. */
export function readLifetime(env: Record<string, string | undefined>): Lifetime {
  return readSettings(Lifetime, VARIABLES, env);
}
