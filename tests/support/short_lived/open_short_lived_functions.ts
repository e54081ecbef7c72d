// Functions on the test stack's database that live for one request each, and no longer than they may.
import {
  type ShortLivedFunctions,
  type ShortLivedOptions,
  startShortLivedFunctions,
} from "./short_lived_functions.ts";
import { testStack } from "../stack/stack.ts";

export interface TestedShortLived extends ShortLivedFunctions {
  /** What the functions wrote, line by line. */
  lines: string[];
}

/** Starts them, with the test stack's model; `settings` adds to what they read. Use with `await using`. */
export async function shortLivedFunctions(
  { settings, ...options }: Pick<ShortLivedOptions, "settings" | "limit_ms" | "warning_ms" | "refuse">,
): Promise<TestedShortLived> {
  const { url, publishable_key, model_url } = testStack();
  const lines: string[] = [];
  const functions = await startShortLivedFunctions({
    ...options,
    spare: { "agent-planner": 2, "agent-executor": 2 },
    auth_and_rest: url,
    publishable_key,
    settings: {
      LLM_BASE_URL: model_url,
      LLM_API_KEY: "none",
      LLM_BALANCED_MODELS: "scripted",
      LLM_SPEED_MODELS: "scripted",
      ...settings,
    },
    log: (source, line) => void lines.push(`[${source}] ${line}`),
  });
  return { ...functions, lines };
}
