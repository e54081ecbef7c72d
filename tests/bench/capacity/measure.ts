// `deno task bench capacity`: what a project carries, into docs/scaling.md. Up to ten minutes.
import type { Stack } from "../../../dev/stack.ts";
import type { FigureGroup } from "../report.ts";
import { ms } from "../stats.ts";
import { seeded } from "./arrivals.ts";
import { demandOf, kneeOf, type LoadPoint, mixed } from "./capacity.ts";
import { KINDS, MIX } from "./kinds.ts";
import { loadAt, newCrowd } from "./load.ts";
import { type Figures, kneeInWords, withFigures } from "./scaling_page.ts";
import { turnCost } from "./turn_cost.ts";

const PAGE = new URL("../../../docs/scaling.md", import.meta.url);
const USERS = [1_000, 10_000, 100_000];
const HABITS = { turns_a_user: 10, busiest_hour: 0.12 };

/** Turns a second, as a day goes up to its busiest hour and beyond. */
const RATES = [1, 2, 4, 8, 12, 16, 20, 24, 28, 32];
const SECONDS = 25;
const SEED = 13;
/** More than are at work at once at the highest rate; one more user would be signed up in the middle of it. */
const CROWD = 160;

export async function capacity(stack: Stack): Promise<FigureGroup> {
  const simple = await turnCost(stack, "simple");
  const costs = { simple, tool: await turnCost(stack, "tool"), complex: await turnCost(stack, "complex") };
  const turn = mixed(costs, MIX);
  const points = await loadUpToTheKnee(stack);
  const figures: Figures = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${navigator.hardwareConcurrency} cores, everything of the local stack on them`,
    costs,
    mix: MIX,
    turn,
    demands: USERS.map((users) => demandOf(users, turn, HABITS)),
    points,
    knee: kneeOf(points),
    habits: HABITS,
  };
  await Deno.writeTextFile(PAGE, withFigures(await Deno.readTextFile(PAGE), figures));
  return {
    title: "Capacity, into docs/scaling.md",
    figures: [
      ...KINDS.map((kind) => ({
        what: `Postgres CPU, ${kind}`,
        result: ms(costs[kind].postgres_ms),
        aim: "",
        detail: `${costs[kind].rows.toFixed(1)} rows, ${(costs[kind].bytes / 1_000).toFixed(1)} kB`,
      })),
      {
        what: "knee of this machine",
        result: kneeInWords(figures),
        aim: "",
        detail: points.map(({ rate, first_text_p95 }) => `${rate}: ${ms(first_text_p95)}`).join(", "),
      },
    ],
  };
}

/** Two rates beyond it are enough to see how it goes on. */
async function loadUpToTheKnee(stack: Stack): Promise<LoadPoint[]> {
  const load = { stack, crowd: await newCrowd(stack, CROWD), random: seeded(SEED) };
  // The first of everything only warms up.
  await loadAt(load, 2, 5);
  const points: LoadPoint[] = [];
  for (const rate of RATES) {
    points.push(await loadAt(load, rate, SECONDS));
    const knee = kneeOf(points);
    if (points.length - points.findIndex((point) => point === knee) > 2) break;
  }
  return points;
}
