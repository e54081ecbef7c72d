// The language model of the local stack: the endpoint that the environment names, or the demo model.
import { z } from "zod";
import type { Log } from "./process/child.ts";
import { denoEnvironment } from "./process/environment.ts";
import type { Guard } from "./process/guard.ts";
import type { Upkeep } from "./process/upkeep.ts";
import { modelSettings } from "./function_settings.ts";
import { MODEL_ID } from "./model/reply.ts";

/** How fast the demo model answers; 0 is "at once". */
export interface Pace {
  first_token_ms: number;
  tokens_per_second: number;
}

export interface Model {
  kind: "demo" | "external";
  /** The base URL of its OpenAI-compatible API. */
  url: string;
  /** What the functions need in order to use it. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

/** The model that `env` names, if LLM_BASE_URL is set; otherwise there is no model configured. */
export function externalModel(env: Record<string, string>): Model | undefined {
  const given = modelSettings(env);
  const { LLM_BASE_URL: url } = given;
  if (url === undefined) return undefined;
  return { kind: "external", url, env: given, stop: () => Promise.resolve() };
}

/** Starts a model that is none: one that works by rules, or by scripts. */
export async function startDemoModel(
  options: { program: URL; pace: Pace; upkeep: Upkeep; guard: Guard; log: Log },
): Promise<Model> {
  const child = await options.upkeep.start({
    name: "model",
    command: Deno.execPath(),
    args: [
      ...["run", "--no-prompt", "--allow-net=127.0.0.1", options.program.href],
      ...["--port", String(options.upkeep.port()), "--first-token-ms", String(options.pace.first_token_ms)],
      ...["--tokens-per-second", String(options.pace.tokens_per_second)],
    ],
    env: denoEnvironment(),
    ready: /at (http:\/\/127\.0\.0\.1:\d+\/v1)/,
    guard: options.guard,
    log: options.log,
  });
  const url = z.string().parse(child.ready[1]);
  return {
    kind: "demo",
    url,
    env: {
      LLM_BASE_URL: url,
      LLM_API_KEY: "demo",
      LLM_BALANCED_MODELS: MODEL_ID,
      LLM_SPEED_MODELS: MODEL_ID,
      // A failure that one test scripts must not close the model to the next.
      LLM_BREAKER_FAILURES: "1000",
    },
    stop: child.stop,
  };
}
