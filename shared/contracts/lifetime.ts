// How long the workers of a run live, from the environment: the platform ends every process some time.
import { z } from "zod";

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
  const given = Object.entries(VARIABLES).map(([key, variable]) => [key, env[variable] || undefined]);
  const parsed = Lifetime.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const variable = Object.entries(VARIABLES).find(([key]) => key === issue?.path[0])?.[1];
  throw new Error(`${variable} must be a number of seconds: ${issue?.message}`);
}
