// `deno task models` in this process: its words, its exit code, and what it tells to add to .env.
import { runModels } from "../../../dev/models/run_models.ts";
import { PLAIN } from "../../../dev/terminal/style.ts";
import type { Clock } from "../../../shared/async/clock.ts";
import { systemClock } from "../../../shared/async/system_clock.ts";

export interface ModelsRun {
  code: number;
  lines: string[];
  /** Its lines in one text without the breaks of lines. */
  text: string;
  /** LLM_MODEL_TABLE as it tells to set it, null where it tells nothing. */
  table: string | null;
}

export interface ModelsWorld {
  env?: Record<string, string>;
  signal?: AbortSignal;
  fetch?: typeof fetch;
}

/** Waits pass at once; the limits of a call stay what they are. */
const clock: Clock = { now: systemClock.now, after: (ms, fn) => systemClock.after(ms <= 2_000 ? 0 : ms, fn) };

/** Runs it with these words. */
export async function modelsTask(
  args: string[],
  { env = {}, ...world }: ModelsWorld = {},
): Promise<ModelsRun> {
  const lines: string[] = [];
  const code = await runModels(args, {
    env,
    paper: { style: PLAIN, width: 80, line: (text = "") => void lines.push(text) },
    fetch: world.fetch ?? fetch,
    clock,
    random: () => 0.5,
    signal: world.signal ?? new AbortController().signal,
  });
  const pasted = lines.filter((line) => line.startsWith("LLM_MODEL_TABLE="));
  return {
    code,
    lines,
    text: lines.map((line) => line.trim()).join(" ").replaceAll(/ +/g, " "),
    table: pasted[0]?.slice("LLM_MODEL_TABLE=".length) ?? null,
  };
}
