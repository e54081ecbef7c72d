// The figures that decide, each as one number of a system: less is better in all of them.
import type { Results, SystemResult } from "./results.ts";

/** The name by which the project itself stands in a result, on either REST layer. */
export const OURS = { lite: "ours", thin: "ours-thin" } as const;

export interface Measure {
  what: string;
  digits: number;
  /** Null where a system has no such figure. `limit` is the bare one. */
  of(system: SystemResult, limit: SystemResult): number | null;
  /** What the project wants to reach, on the thin and on the local REST layer. */
  aim?: { thin?: number; lite?: number };
}

const sum = (parts: Record<string, number>): number => Object.values(parts).reduce((a, b) => a + b, 0);

/** What a system spends on reading a model: of ours, the planner; REST and gateway are counted with the bursts. */
const readerOf = ({ cpu }: SystemResult["long"]): number => cpu.planner ?? sum(cpu);

const added = (kind: "simple" | "tool" | "complex") => (system: SystemResult, limit: SystemResult) =>
  system === limit ? null : system.fast[kind].wall_ms - limit.fast[kind].wall_ms;

const postgresEach =
  (kind: "simple" | "complex", { burst }: Results["settings"]) => (system: SystemResult) => {
    const { postgres_s } = system.bursts[kind];
    return postgres_s === null ? null : postgres_s * 1000 / burst[kind];
  };

/** All of them, for a run with these settings. */
export function measuresOf(settings: Results["settings"]): Measure[] {
  const { burst, long } = settings;
  return [
    {
      what: "first text of a simple turn, × bare",
      digits: 3,
      of: (system, limit) => system.real.simple.first_text_ms / limit.real.simple.first_text_ms,
      aim: { thin: 1.06, lite: 1.09 },
    },
    {
      what: "a complex turn, × bare",
      digits: 3,
      of: (system, limit) => system.real.complex.wall_ms / limit.real.complex.wall_ms,
      aim: { thin: 1.02, lite: 1.025 },
    },
    { what: "a simple turn at a model of 0 ms, + ms", digits: 1, of: added("simple") },
    { what: "a tool turn at a model of 0 ms, + ms", digits: 1, of: added("tool") },
    {
      what: "a complex turn at a model of 0 ms, + ms",
      digits: 1,
      of: added("complex"),
      aim: { thin: 160, lite: 220 },
    },
    {
      what: `CPU of Postgres, ms a simple turn, ${burst.simple} at once`,
      digits: 1,
      of: postgresEach("simple", settings),
      aim: { thin: 9, lite: 9 },
    },
    {
      what: `CPU of Postgres, ms a complex turn, ${burst.complex} at once`,
      digits: 1,
      of: postgresEach("complex", settings),
      aim: { thin: 55, lite: 55 },
    },
    {
      what: "requests to the database, a complex turn at real speed",
      digits: 0,
      of: (system) => system.real.complex.requests,
      aim: { thin: 50, lite: 50 },
    },
    {
      what: `${burst.simple} simple turns at once, s`,
      digits: 2,
      of: (system) => system.bursts.simple.total_ms / 1000,
    },
    {
      what: `${burst.complex} complex turns at once, s`,
      digits: 2,
      of: (system) => system.bursts.complex.total_ms / 1000,
      aim: { thin: 2.5 },
    },
    {
      what: "prompt tokens of a complex turn",
      digits: 0,
      of: (system) => system.model.complex.prompt_tokens,
      aim: { thin: 8_000, lite: 8_000 },
    },
    {
      what: `CPU of an answer of ${long.tokens.toLocaleString("en-US")} tokens, × bare`,
      digits: 2,
      of: (system, limit) => readerOf(system.long) / readerOf(limit.long),
      aim: { thin: 1.5, lite: 1.5 },
    },
  ];
}

/** A system's place among those that have the figure, the limit aside: 1 is the first. Null where it has none. */
export function placeOf(
  name: string,
  measure: Measure,
  { systems }: Results,
): { place: number; of: number } | null {
  const limit = limitOf(systems);
  const figures = systems.filter(({ name: one, kind }) => kind === "peer" || one === name)
    .flatMap((system) => {
      const figure = measure.of(system, limit);
      return figure === null ? [] : [{ name: system.name, figure }];
    });
  const own = figures.find((one) => one.name === name)?.figure;
  if (own === undefined || figures.length === 1) return null;
  return { place: 1 + figures.filter(({ figure }) => figure < own).length, of: figures.length };
}

/** The bare system, which the others are compared with. */
export function limitOf(systems: readonly SystemResult[]): SystemResult {
  const limit = systems.find(({ kind }) => kind === "limit");
  if (limit === undefined) throw new Error("Cannot compare the systems: the bare one is missing");
  return limit;
}

/** Whether an aim is met: "yes", "no", or nothing where there is none. */
export function verdict(figure: number | null, aim: number | undefined): string {
  if (figure === null || aim === undefined) return "";
  return figure <= aim ? "yes" : "no";
}
