// How far a user is from their limits, by the very functions that enforce them.
import { z } from "zod";
import type { RunLimits } from "../contracts/budget.ts";
import type { Limits } from "../contracts/user_limits.ts";
import type { EngineClient } from "./clients.ts";
import { databaseError } from "./database_error.ts";

const Count = z.int();

const UserLimits: z.ZodType<Limits> = z.object({
  windows: z.array(z.object({
    name: z.enum(["runs_per_hour", "runs_per_day", "tokens_per_hour", "tokens_per_day"]),
    limit: Count,
    used: Count,
    free_at: z.iso.datetime({ offset: true }).nullable(),
  })),
  running_runs: z.object({ limit: Count, used: Count }),
});

/** What counts towards these limits; there is room where a first call of so many tokens has it. */
export async function readLimits(db: EngineClient, limits: RunLimits, tokens: number): Promise<Limits> {
  const { data, error, status } = await db.rpc("usage_limits", { p_tokens: tokens, p_limits: limits });
  if (error) throw databaseError(error, status);
  return UserLimits.parse(data);
}
