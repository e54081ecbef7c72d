// Turns that come as users send them, at one rate: how promptly they are answered, and what that takes.
import type { Stack } from "../../../dev/stack.ts";
import { addTurns, takeScript } from "../../support/models/model_script.ts";
import { newPerson, type Person } from "../../support/stack/person.ts";
import { quantile } from "../stats.ts";
import { takeTurn, timeOf } from "../turn.ts";
import { type Arrival, arrivals, type Random } from "./arrivals.ts";
import type { LoadPoint } from "./capacity.ts";
import { MIX, scriptOf } from "./kinds.ts";
import { cpuByPart, PARTS } from "./processes.ts";

/** People of whom each takes one turn at a time. */
export type Crowd = Person[];

export async function newCrowd(stack: Stack, size: number): Promise<Crowd> {
  const crowd: Crowd = [];
  for (let i = 0; i < size; i += 1) crowd.push(await newPerson(stack));
  return crowd;
}

/** Lets turns come for so many seconds, and waits for the last one. */
export async function loadAt(
  { stack, crowd, random }: { stack: Stack; crowd: Crowd; random: Random },
  rate: number,
  seconds: number,
): Promise<LoadPoint> {
  const coming = arrivals(rate, seconds, MIX, random);
  const first_texts: number[] = [];
  let failed = 0;
  const take = async ({ kind }: Arrival) => {
    const person = crowd.pop() ?? await newPerson(stack);
    try {
      await addTurns(stack.model.url, person.pseudonym, scriptOf(kind));
      const turn = await takeTurn(stack, person, "Do it.");
      if (kind === "simple") first_texts.push(timeOf(turn, "first", "text"));
    } catch {
      failed += 1;
    } finally {
      await takeScript(stack.model.url, person.pseudonym);
      crowd.unshift(person);
    }
  };

  const before = await cpuByPart();
  const started = performance.now();
  await Promise.all(coming.map(async (arrival) => {
    await new Promise((resolve) => setTimeout(resolve, arrival.at));
    await take(arrival);
  }));
  const took = performance.now() - started;
  const after = await cpuByPart();
  const cores = Object.fromEntries(PARTS.map((part) => [part, (after[part] - before[part]) / took]));
  return {
    rate,
    turns: coming.length,
    failed,
    first_text_p50: quantile(first_texts, 0.5),
    first_text_p95: quantile(first_texts, 0.95),
    cores,
    machine: Object.values(cores).reduce((sum, share) => sum + share, 0) / navigator.hardwareConcurrency,
  };
}
