// Functions on the test stack's database that live for one request each, and no longer than they may.
import {
  type ShortLivedFunctions,
  type ShortLivedOptions,
  startShortLivedFunctions,
} from "../../dev/short_lived/short_lived_functions.ts";
import { testStack } from "./stack.ts";

export interface TestedShortLived extends ShortLivedFunctions {
  /** What the functions wrote, line by line. */
  lines: string[];
}

type Chosen = Pick<ShortLivedOptions, "limit_ms" | "refuse"> & Partial<Pick<ShortLivedOptions, "spare">>;

/** Starts them, with the test stack's model; `env` adds to their environment. Use with `await using`. */
export async function shortLivedFunctions(
  { env, spare = { "agent-planner": 2, "agent-executor": 2 }, ...options }: Chosen & {
    env: Record<string, string>;
  },
): Promise<TestedShortLived> {
  const { url, publishable_key, model_url } = testStack();
  const lines: string[] = [];
  const functions = await startShortLivedFunctions({
    ...options,
    spare,
    auth_and_rest: url,
    publishable_key,
    env: {
      LLM_BASE_URL: model_url,
      LLM_API_KEY: "none",
      LLM_BALANCED_MODELS: "scripted",
      LLM_SPEED_MODELS: "scripted",
      ...env,
    },
    log: (source, line) => void lines.push(`[${source}] ${line}`),
  });
  return { ...functions, lines };
}
