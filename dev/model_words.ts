// Which model the settings name, in words, for whoever starts something that uses it.
import { readModelConfig } from "../shared/llm/config.ts";

/** Null where none is named, so that the demo model answers. */
export function configuredModel(
  env: Record<string, string | undefined>,
): { words: string } | { problem: string } | null {
  if ((env.LLM_BASE_URL ?? "") === "") return null;
  const config = readModelConfig(env);
  if (config.state === "incomplete") return { problem: config.problem };
  const ids = (profile: "balanced" | "speed") => config.models[profile].map(({ id }) => id).join(", ");
  const models = `${ids("balanced")} as the planner, ${ids("speed")} as executors`;
  return { words: `${models}, at ${new URL(config.base_url).host}` };
}
