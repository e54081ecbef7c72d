// One run as Markdown: the figures that decide, who is first where, and the tables behind them.
import { criticalPath, type Kind, KINDS } from "../model/job.ts";
import { limitOf, type Measure, measuresOf, OURS, placeOf, verdict } from "./measures.ts";
import { BURST_KINDS, type Latency, REAL_KINDS, type Results, type SystemResult } from "./results.ts";

const NONE = "–";

/** The whole report. */
export function reportOf(results: Results): string {
  const { machine, versions, settings, taken } = results;
  const { rounds, real } = settings;
  const count = (number: number) => number.toLocaleString("en-US");
  return [
    `Taken on ${taken}: ${machine.cores} cores (${machine.cpu}), ${machine.memory_gb} GB, Postgres ${versions.postgres}, ` +
    `Node ${versions.node}, Deno ${versions.deno}. Every answer was right to the letter.`,
    "### In one look",
    `At the speed of a real model (${real.first_token_ms} ms to the first token, ${real.tokens_per_second} tokens a second) ` +
    "times are given as × bare fetch; less is better in every line.",
    lookTable(results),
    ...(results.systems.some(({ kind }) => kind === "ours")
      ? [
        "### Where the project stands",
        "Its place among the frameworks, and its aims.",
        standingTable(results),
      ]
      : []),
    "### At the speed of a real model",
    `Milliseconds, medians of ${rounds.real} turns. The model alone takes ` +
    `${count(criticalPath("simple", real))} and ${count(criticalPath("complex", real))} ms.`,
    latencyTable(results, REAL_KINDS, (system, kind) => system.real[kind], 0),
    "### At a model of 0 ms",
    `What a system adds: milliseconds, medians of ${rounds.fast} turns.`,
    latencyTable(results, KINDS, (system, kind) => system.fast[kind], 1),
    "### What a turn asks for",
    `Prompt tokens are characters / 4, summed over the turn's model calls. Statements and CPU of Postgres are those of ` +
    `${rounds.counted} turns one after the other at a model of 0 ms; in brackets the statements without what begins, ends ` +
    "and sets up transactions.",
    costTable(results),
    "### Many at once",
    `At a model of 0 ms, medians of ${rounds.bursts} bursts. CPU is of the system's own processes; memory is the most that ` +
    "they had, added up.",
    burstTable(results),
    "### A long answer",
    `${
      count(settings.long.tokens)
    } tokens at ${settings.long.tokens_per_second} a second, all systems at the same time.`,
    longTable(results),
    "### What it takes to run",
    "From its start until it takes turns, with the making of its tables.",
    footprintTable(results),
  ].join("\n\n");
}

function lookTable(results: Results): string {
  const limit = limitOf(results.systems);
  return table(
    ["", ...results.systems.map(({ title }) => title)],
    measuresOf(results.settings).map((measure) => [
      measure.what,
      ...results.systems.map((system) => figure(measure.of(system, limit), measure.digits)),
    ]),
  );
}

function standingTable(results: Results): string {
  const limit = limitOf(results.systems);
  const named = (name: string) => results.systems.find((system) => system.name === name);
  const cells = (measure: Measure, layer: keyof typeof OURS): string[] => {
    const system = named(OURS[layer]);
    const own = system ? measure.of(system, limit) : null;
    const place = placeOf(OURS[layer], measure, results);
    const aim = measure.aim?.[layer];
    return [
      figure(own, measure.digits),
      place === null ? NONE : `${place.place} of ${place.of}`,
      aim === undefined || own === null ? NONE : `≤ ${figure(aim, decimals(aim))}: ${verdict(own, aim)}`,
    ];
  };
  return table(
    ["", "best framework", "ours", "place", "aim", "ours, thin REST", "place", "aim"],
    measuresOf(results.settings).map((measure) => [
      measure.what,
      bestPeer(measure, results),
      ...cells(measure, "lite"),
      ...cells(measure, "thin"),
    ]),
  );
}

function bestPeer(measure: Measure, { systems }: Results): string {
  const limit = limitOf(systems);
  const [best] = systems.filter(({ kind }) => kind === "peer")
    .flatMap((system) => {
      const own = measure.of(system, limit);
      return own === null ? [] : [{ title: system.title, own }];
    })
    .toSorted((a, b) => a.own - b.own);
  return best ? `${best.title}, ${figure(best.own, measure.digits)}` : NONE;
}

function latencyTable<K extends Kind>(
  results: Results,
  kinds: readonly K[],
  of: (system: SystemResult, kind: K) => Latency,
  digits: number,
): string {
  const limit = limitOf(results.systems);
  const rows = kinds.flatMap((kind) =>
    results.systems.map((system) => {
      const own = of(system, kind);
      const bare = of(limit, kind);
      return [
        ...[kind, system.title],
        ...[own.headers_ms, own.first_byte_ms, own.first_text_ms].map((ms) => figure(ms, digits)),
        figure(own.first_text_ms / bare.first_text_ms, 3),
        figure(own.wall_ms, digits),
        figure(own.wall_ms / bare.wall_ms, 3),
        system === limit ? NONE : figure(own.wall_ms - bare.wall_ms, digits),
      ];
    })
  );
  return table(
    ["turn", "", "headers", "first byte", "first text", "× bare", "whole turn", "× bare", "+ ms"],
    rows,
    2,
  );
}

function costTable({ systems }: Results): string {
  return table(
    [
      ...["", ...KINDS.map((kind) => `prompt tokens, ${kind}`), "kB streamed, complex", "steps at once"],
      ...["remembers", ...KINDS.map((kind) => `statements, ${kind}`)],
      ...KINDS.map((kind) => `Postgres ms, ${kind}`),
    ],
    systems.map(({ title, model, remembers, counted }) => [
      title,
      ...KINDS.map((kind) => figure(model[kind].prompt_tokens, 0)),
      ...[figure(model.complex.bytes / 1024, 0), figure(model.complex.at_once, 0), remembers ? "yes" : "no"],
      ...KINDS.map((kind) => {
        const { statements } = counted[kind];
        return statements ? `${figure(statements.all, 0)} (${figure(statements.own, 0)})` : "not counted";
      }),
      ...KINDS.map((kind) => figure(counted[kind].postgres_ms, 1)),
    ]),
  );
}

function burstTable({ systems, settings: { burst } }: Results): string {
  const rows = BURST_KINDS.flatMap((kind) =>
    systems.map(({ title, bursts: { [kind]: own } }) => [
      ...[`${burst[kind]} ${kind}`, title],
      ...[figure(own.total_ms / 1000, 2), figure(own.p95_ms / 1000, 2), byProcess(own.cpu)],
      ...[figure(own.postgres_s, 2), figure(own.peak_mb, 0)],
    ])
  );
  return table(["", "", "all, s", "p95, s", "CPU, s", "Postgres, s of CPU", "peak, MB"], rows, 2);
}

function longTable({ systems }: Results): string {
  return table(
    ["", "CPU, s", "kB streamed", "whole turn, s"],
    systems.map(({ title, long }) => [
      ...[title, byProcess(long.cpu)],
      ...[figure(long.bytes / 1024, 0), figure(long.wall_ms / 1000, 1)],
    ]),
  );
}

function footprintTable({ systems }: Results): string {
  return table(
    ["", "start, ms", "idle, MB", "packages, MB", "keeps in Postgres", "versions"],
    systems.map(({ title, keeps, footprint: { start_ms, idle_mb, node_modules_mb, packages } }) => [
      ...[title, figure(start_ms, 0), figure(idle_mb, 0), figure(node_modules_mb, 0), keeps],
      Object.entries(packages).map(([name, version]) => `${name} ${version}`).join(", ") || NONE,
    ]),
    1,
    ["keeps in Postgres", "versions"],
  );
}

/** `1.23`, or `1.23: gateway 0.20, planner 1.03` where there are several processes. */
export function byProcess(cpu: Record<string, number>): string {
  const parts = Object.entries(cpu).toSorted(([a], [b]) => a.localeCompare(b));
  const all = figure(parts.reduce((sum, [, seconds]) => sum + seconds, 0), 2);
  if (parts.length < 2) return all;
  return `${all}: ${parts.map(([part, seconds]) => `${part} ${figure(seconds, 2)}`).join(", ")}`;
}

/** A number with its thousands apart; a dash where there is none. */
export function figure(value: number | null, digits: number): string {
  if (value === null || !Number.isFinite(value)) return NONE;
  return value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

const decimals = (value: number): number => String(value).split(".")[1]?.length ?? 0;

/** The first columns are words, the others numbers, unless they are named. */
function table(head: string[], rows: string[][], words = 1, wordy: readonly string[] = []): string {
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const rule = head.map((name, i) => i < words || wordy.includes(name) ? "---" : "---:");
  return [head, rule, ...rows].map(line).join("\n");
}
