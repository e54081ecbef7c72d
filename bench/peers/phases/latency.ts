// How long turns take, one after the other, all systems in turn within a round, so that what the machine does besides
// falls on all of them alike.
import { setTimeout } from "node:timers/promises";
import { median } from "../../../tests/bench/stats.ts";
import type { ScriptedModel } from "../measure/scripted_model.ts";
import type { Turn } from "../measure/turn.ts";
import type { Kind, Pace } from "../model/job.ts";
import type { Latency } from "../report/results.ts";
import { type Running, turnOf } from "../running.ts";

/** Between turns: what one has left to do is not to fall on the next. */
const REST_MS = 150;

interface Sample extends Turn {
  requests: number | null;
}

interface LatencyOptions<K extends Kind> {
  kinds: readonly K[];
  pace: Pace;
  rounds: number;
  say(line: string): void;
}

/** Each system's figures, by its name. */
export async function measureLatency<K extends Kind>(
  systems: readonly Running[],
  model: ScriptedModel,
  { kinds, pace, rounds, say }: LatencyOptions<K>,
): Promise<Map<string, Record<K, Latency>>> {
  const samples = new Map<string, Sample[]>();
  await model.reset(pace);
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of kinds) {
      for (const running of systems) {
        const key = `${running.system.name} ${kind}`;
        samples.set(key, [...samples.get(key) ?? [], await sample(running, kind)]);
      }
    }
    say(`round ${round + 1} of ${rounds}`);
  }
  return new Map(systems.map(({ system: { name } }) => {
    const of = (kind: K) => summed(samples.get(`${name} ${kind}`) ?? []);
    return [name, byKind(kinds, of)];
  }));
}

async function sample(running: Running, kind: Kind): Promise<Sample> {
  const before = await running.requests();
  const turn = await turnOf(running, kind);
  await setTimeout(REST_MS);
  const after = await running.requests();
  return { ...turn, requests: before === null || after === null ? null : after - before };
}

function summed(samples: readonly Sample[]): Latency {
  const of = (read: (sample: Sample) => number) => median(samples.map(read));
  const requests = samples.flatMap(({ requests }) => requests ?? []);
  return {
    headers_ms: of(({ headers_ms }) => headers_ms),
    first_byte_ms: of(({ first_byte_ms }) => first_byte_ms),
    first_text_ms: of(({ first_text_ms }) => first_text_ms),
    wall_ms: of(({ wall_ms }) => wall_ms),
    requests: requests.length === 0 ? null : median(requests),
  };
}

/** A record with an entry for each kind. */
export function byKind<K extends Kind, T>(kinds: readonly K[], of: (kind: K) => T): Record<K, T> {
  const entries: Partial<Record<K, T>> = {};
  for (const kind of kinds) entries[kind] = of(kind);
  const isWhole = (record: Partial<Record<K, T>>): record is Record<K, T> =>
    kinds.every((kind) => kind in record);
  if (!isWhole(entries)) throw new Error("Cannot put the kinds together: one is missing");
  return entries;
}
