// The table of results: a line for a task, and below it why it did not pass.
import { assertNever } from "../../shared/contracts/errors.ts";
import { clipped, padded, type Style, wrapped } from "../terminal/style.ts";
import type { Attempt, Verdict } from "./attempt.ts";
import { type Figures, meanOf, sumOf } from "./figures.ts";
import type { Outcome, TaskResult } from "./run_tasks.ts";

export interface Canvas {
  style: Style;
  width: number;
}

/** From here on there is room between the columns, and for a model's whole name. */
const WIDE = 100;
const FIGURES = [
  { head: "calls", width: 5 },
  { head: "tools", width: 5 },
  { head: "in", width: 5 },
  { head: "out", width: 5 },
  { head: "cost", width: 7 },
  { head: "text", width: 6 },
  { head: "whole", width: 7 },
];
const RESULT = 6;

/** The models, whole, because their column may be narrow. */
export function modelsLine({ results }: Outcome): string {
  const { models } = sumOf(results.flatMap(({ attempts }) => attempts.map((one) => one.figures)));
  return models.length === 0 ? "No model has answered." : `Answered by ${models.join(", ")}.`;
}

/** What stands in the columns, for people who see the table for the first time. */
export const LEGEND =
  "calls and tools: model and tool calls; in and out: tokens; text: seconds to the first text; whole: in all.";

/** Of an attempt that did not pass: what was wrong first, or everything. */
export type Reasons = "first" | "all";

/** Lays out lines for tasks of these names. */
export function resultTable(names: readonly string[], reasons: Reasons, { style, width }: Canvas) {
  const gap = width >= WIDE ? "  " : " ";
  const task = Math.max(4, ...names.map((name) => name.length));
  const taken = FIGURES.reduce((sum, column) => sum + column.width + gap.length, task + gap.length + RESULT);
  const model = Math.max(5, width - taken - gap.length);

  const line = (name: string, result: string, answered: string, figures: readonly string[]): string => {
    const cells = [
      ...[padded(clipped(name, task), task), padded(result, RESULT), padded(clipped(answered, model), model)],
      ...FIGURES.map(({ width }, i) => (figures[i] ?? "").padStart(width)),
    ];
    return cells.join(gap).trimEnd();
  };

  return {
    head: () => style.dim(line("task", "result", "model", FIGURES.map(({ head }) => head))),

    /** With several attempts: how many passed, and the mean of their figures. */
    rows({ task: name, attempts }: TaskResult): string[] {
      const figures = meanOf(attempts.map((one) => one.figures));
      const answered = modelNames(figures, model);
      return [
        line(name, resultOf(attempts, style), answered, figureCells(figures)),
        ...reasonsOf(attempts, reasons).flatMap((reason) =>
          wrapped(reason, width - 4).map((part, i) => style.dim(`${i === 0 ? "  - " : "    "}${part}`))
        ),
      ];
    },

    sum: ({ results }: Outcome): string => {
      const figures = sumOf(results.flatMap(({ attempts }) => attempts.map((one) => one.figures)));
      return style.bold(line("together", "", "", figureCells(figures)));
    },
  };
}

/** Such as `14 of 16 passed, 1 failed, 1 not judged because of the model's host`. */
export function sumLine({ results }: Outcome): string {
  const outcomes = results.flatMap(({ attempts }) => attempts.map(({ verdict }) => verdict.outcome));
  const count = (outcome: string) => outcomes.filter((one) => one === outcome).length;
  return [
    `${count("passed")} of ${outcomes.length} passed`,
    ...(count("failed") > 0 ? [`${count("failed")} failed`] : []),
    ...(count("host") > 0 ? [`${count("host")} not judged because of the model's host`] : []),
  ].join(", ");
}

/** The tasks that the model failed at, once at least. */
export function failedTasks({ results }: Outcome): string[] {
  return results.filter(({ attempts }) => attempts.some(({ verdict }) => verdict.outcome === "failed"))
    .map(({ task }) => task);
}

function resultOf(attempts: readonly Attempt[], style: Style): string {
  const count = (outcome: string) => attempts.filter(({ verdict }) => verdict.outcome === outcome).length;
  const passed = count("passed");
  if (count("host") === attempts.length) return style.yellow("host");
  const colour = passed === attempts.length ? style.green : style.red;
  if (attempts.length > 1) return colour(`${passed}/${attempts.length}`);
  return colour(passed === 1 ? "passed" : "FAILED");
}

/** Each once, with how often it was. */
function reasonsOf(attempts: readonly Attempt[], reasons: Reasons): string[] {
  const counts = new Map<string, number>();
  for (const { verdict } of attempts) {
    for (const reason of reasonsFor(verdict, reasons)) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => count === 1 ? reason : `${reason} (${count} times)`);
}

function reasonsFor(verdict: Verdict, reasons: Reasons): string[] {
  switch (verdict.outcome) {
    case "passed":
      return [];
    case "host":
      return [`not judged: ${verdict.reason}`];
    case "failed": {
      const [first = "", ...others] = verdict.faults;
      if (reasons === "all") return verdict.faults;
      return [others.length === 0 ? first : `${first} (and ${others.length} more)`];
    }
    default:
      return assertNever(verdict);
  }
}

/** Where the names do not fit, without what stands before the last slash. */
function modelNames({ models }: Figures, width: number): string {
  const whole = models.join(", ");
  return whole.length <= width
    ? whole
    : models.map((model) => model.slice(model.lastIndexOf("/") + 1)).join(", ");
}

function figureCells(figures: Figures): string[] {
  const { model_calls, tool_calls, input_tokens, output_tokens, cost_usd, first_text_ms, total_ms } = figures;
  return [
    ...[String(model_calls), String(tool_calls), short(input_tokens), short(output_tokens)],
    cost_usd === null ? "?" : `$${cost_usd.toFixed(cost_usd < 10 ? 4 : 2)}`,
    ...[first_text_ms === null ? "-" : secs(first_text_ms), secs(total_ms)],
  ];
}

function short(count: number): string {
  if (count < 1_000) return String(count);
  const thousands = count / 1_000;
  return thousands < 100 ? `${thousands.toFixed(1)}k` : `${Math.round(thousands)}k`;
}

function secs(ms: number): string {
  return `${(ms / 1_000).toFixed(1)}s`;
}
