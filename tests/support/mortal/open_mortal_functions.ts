// A pair of functions on the test stack's database whose processes die where a test wants it, and come back.
import {
  type MortalFunctions,
  type Passing,
  startMortalFunctions,
  type Verdict,
} from "./mortal_functions.ts";
import { testStack } from "../stack/stack.ts";

export type { MortalFunctions, Passing, Verdict } from "./mortal_functions.ts";

export interface Mortals extends MortalFunctions {
  /** What the functions wrote, line by line. */
  lines: string[];
}

/** Starts them, with the test stack's model; `env` adds to the functions' environment. Use with `await using`. */
export async function mortalFunctions(
  options: { env: Record<string, string>; decide(passing: Passing): Verdict },
): Promise<Mortals> {
  const { url, publishable_key, model_url } = testStack();
  const lines: string[] = [];
  const functions = await startMortalFunctions({
    auth_and_rest: url,
    publishable_key,
    env: {
      LLM_BASE_URL: model_url,
      LLM_API_KEY: "none",
      LLM_BALANCED_MODELS: "scripted",
      LLM_SPEED_MODELS: "scripted",
      LLM_BREAKER_FAILURES: "1000",
      ...options.env,
    },
    decide: options.decide,
    log: (source, line) => void lines.push(`[${source}] ${line}`),
  });
  return { ...functions, lines };
}
