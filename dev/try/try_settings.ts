// Which model the tasks are run on, and the settings of their stack.
import { modelSettings, ownSettings } from "../function_settings.ts";
import { configuredModel } from "../model_words.ts";

const VARIABLES = ["LLM_BASE_URL", "LLM_API_KEY", "LLM_BALANCED_MODELS", "LLM_SPEED_MODELS"];

/** Many runs of one key, and none of them is to be refused for it. A run's own budget stays the product's. */
const WIDE_QUOTAS = {
  USER_TOKENS_PER_HOUR: "1000000000",
  USER_TOKENS_PER_DAY: "1000000000",
  USER_RUNS_PER_HOUR: "100000",
  USER_RUNS_PER_DAY: "100000",
  USER_RUNNING_RUNS: "1000",
};

export interface TrySettings {
  /** For the stack; without a DATABASE_URL, so that the developer's server is left alone. */
  env: Record<string, string>;
  /** What is tried, in words. */
  model: string;
}

/** The settings in the developer's environment, or a sentence about what is missing. */
export function trySettings(
  env: Record<string, string>,
  model: "configured" | "demo",
): TrySettings | { problem: string } {
  const own = { ...ownSettings(env), ...WIDE_QUOTAS };
  if (model === "demo") {
    return {
      env: own,
      model: "the demo model, which is rules and no language model",
    };
  }
  const configured = configuredModel(env) ?? { problem: NO_MODEL };
  return "problem" in configured
    ? configured
    : { env: { ...own, ...modelSettings(env) }, model: configured.words };
}

const NO_MODEL =
  `No model is configured, so there is nothing to try. Set these four in .env or in the environment:
${VARIABLES.map((name) => `  ${name}`).join("\n")}
docs/models.md has them for each of the known hosts. The built-in demo model works by rules and is no language model:
what it passes says nothing about the prompts. --demo runs it all the same, in order to show the table.`;
