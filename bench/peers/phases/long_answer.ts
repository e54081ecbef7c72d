// What the CPU of a long answer costs at the pace of a fast model: most of a stream's life is small pieces of text.
import { setTimeout } from "node:timers/promises";
import { cpuBetween, readCpu } from "../measure/processes.ts";
import type { ScriptedModel } from "../measure/scripted_model.ts";
import { longMessage, wordsOf } from "../model/job.ts";
import type { LongAnswer } from "../report/results.ts";
import { answered, type Running } from "../running.ts";

const FIRST_TOKEN_MS = 300;
const REST_MS = 1_000;

/** All systems at the same time, because it takes a minute; only their CPU is compared. */
export async function measureLongAnswer(
  systems: readonly Running[],
  model: ScriptedModel,
  { tokens, tokens_per_second }: { tokens: number; tokens_per_second: number },
): Promise<Map<string, LongAnswer>> {
  await model.reset({ first_token_ms: FIRST_TOKEN_MS, tokens_per_second });
  const answer = wordsOf(tokens).join("");
  return new Map(
    await Promise.all(systems.map(async (running): Promise<[string, LongAnswer]> => {
      const pids = running.pids();
      const before = readCpu(pids);
      const { wall_ms, bytes } = await answered(running, longMessage(tokens), answer);
      await setTimeout(REST_MS);
      return [running.system.name, {
        wall_ms,
        bytes,
        cpu: cpuBetween(before, readCpu(pids), running.partOf),
      }];
    })),
  );
}
