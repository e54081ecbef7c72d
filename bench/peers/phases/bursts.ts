// Many turns begun at the same instant, at a model of 0 ms: what a system carries, and what that costs.
import { setTimeout } from "node:timers/promises";
import { median, quantile } from "../../../tests/bench/stats.ts";
import { cpuBetween, forgetPeak, peakMb, readCpu } from "../measure/processes.ts";
import type { ScriptedModel } from "../measure/scripted_model.ts";
import type { SharedServer } from "../measure/server.ts";
import { type Burst, BURST_KINDS, type BurstKind } from "../report/results.ts";
import { type Running, turnOf } from "../running.ts";
import { postgresSeconds } from "./counted.ts";
import { byKind } from "./latency.ts";

/** The garbage of a burst is its own. */
const REST_MS = 600;

interface BurstOptions {
  sizes: Record<BurstKind, number>;
  rounds: number;
  say(line: string): void;
}

/** Each system's figures, by its name. */
export async function measureBursts(
  systems: readonly Running[],
  { model, server }: { model: ScriptedModel; server: SharedServer },
  { sizes, rounds, say }: BurstOptions,
): Promise<Map<string, Record<BurstKind, Burst>>> {
  const samples = new Map<string, Burst[]>();
  await model.reset({ first_token_ms: 0, tokens_per_second: 0 });
  // All of one kind before the next: what a heavy kind leaves in memory does not count for a light one.
  for (const kind of BURST_KINDS) {
    // Connections are opened in the first one, and what they keep is prepared.
    for (const running of systems) await burst(running, kind, sizes[kind], server);
    for (let round = 0; round < rounds; round += 1) {
      for (const running of systems) {
        const key = `${running.system.name} ${kind}`;
        samples.set(key, [...samples.get(key) ?? [], await burst(running, kind, sizes[kind], server)]);
      }
      say(`${sizes[kind]} ${kind}, round ${round + 1} of ${rounds}`);
    }
  }
  return new Map(systems.map(({ system: { name } }) => [
    name,
    byKind(BURST_KINDS, (kind) => summed(samples.get(`${name} ${kind}`) ?? [])),
  ]));
}

async function burst(running: Running, kind: BurstKind, size: number, server: SharedServer): Promise<Burst> {
  const pids = running.pids();
  forgetPeak(pids);
  const before = readCpu(pids);
  const postgres_before = readCpu(server.processes());
  const began = performance.now();
  const turns = await Promise.all(Array.from({ length: size }, () => turnOf(running, kind)));
  const total_ms = performance.now() - began;
  await setTimeout(REST_MS);
  return {
    total_ms,
    p95_ms: quantile(turns.map(({ wall_ms }) => wall_ms), 0.95),
    cpu: cpuBetween(before, readCpu(pids), running.partOf),
    postgres_s: postgresSeconds(postgres_before, server),
    peak_mb: peakMb(pids),
  };
}

function summed(samples: readonly Burst[]): Burst {
  const of = (read: (sample: Burst) => number) => median(samples.map(read));
  const parts = Object.keys(samples[0]?.cpu ?? {});
  return {
    total_ms: of(({ total_ms }) => total_ms),
    p95_ms: of(({ p95_ms }) => p95_ms),
    cpu: Object.fromEntries(parts.map((part) => [part, of(({ cpu }) => cpu[part] ?? 0)])),
    postgres_s: samples[0]?.postgres_s === null ? null : of(({ postgres_s }) => postgres_s ?? NaN),
    peak_mb: Math.max(...samples.map(({ peak_mb }) => peak_mb)),
  };
}
