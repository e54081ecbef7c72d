// Draws a view as lines of text. Pure: the width, the style and the time come as arguments.
import { assertNever } from "../../shared/contracts/errors.ts";
import type { CallState, PlanState, RunState, StepState } from "../../shared/contracts/run_state.ts";
import type { Json } from "../../shared/contracts/text.ts";
import { clipped, padded, spinner, type Style, widthOf, wrapped } from "../terminal/style.ts";
import { type Block, lastBlock } from "./view.ts";

export interface Canvas {
  style: Style;
  /** Columns. */
  width: number;
  /** Milliseconds since the epoch, for spinners and running times. */
  now: number;
  /** The calls that wait for a person. */
  waiting?: ReadonlySet<string>;
}

const MOST_ARGUMENTS = 48;
/** Columns of a plan's tree to the left of its steps. */
const RAIL = 3;

/** One block of a view as lines. */
export function renderBlock(block: Block, canvas: Canvas): string[] {
  switch (block.type) {
    case "text":
      return wrapped(emphasised(block.text, canvas.style), canvas.width);
    case "withdrawn":
      return wrapped("(interrupted: the text that stood here begins again)", canvas.width).map(
        canvas.style.dim,
      );
    case "calls":
      return block.calls.map((call) => callLine(call, canvas));
    case "plan":
      return planLines(block.plan, canvas);
    default:
      return assertNever(block);
  }
}

/** What the model is busy with while nothing else shows it; undefined while something does, and at the end. */
export function activity(state: RunState): string | undefined {
  if (state.status !== "running") return undefined;
  const last = lastBlock(state);
  if (last?.type === "text" && state.strategy !== "complex") return undefined;
  switch (last?.type) {
    case undefined:
      return "thinking";
    case "text":
      return state.plan ? undefined : "writing a plan";
    case "withdrawn":
      return "beginning again";
    case "calls":
      return last.calls.some((call) => call.state === "running") ? undefined : "reading the results";
    case "plan":
      return last.plan.steps.every((step) => step.ended_at !== null) ? "writing the answer" : undefined;
    default:
      return assertNever(last);
  }
}

/** A line for it. */
export function activityLine(what: string, { style, now }: Canvas): string {
  return `${style.yellow(spinner(now))} ${style.dim(`${what} ...`)}`;
}

/** Seconds with one digit: "1.2 s". */
export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** How long a step has taken, in milliseconds; null when it never began. */
export function durationOf({ started_at, ended_at }: StepState, now: number): number | null {
  if (started_at === null) return null;
  return Math.max(0, (ended_at === null ? now : Date.parse(ended_at)) - Date.parse(started_at));
}

/** `**bold**` in the terminal's own way. */
export function emphasised(text: string, style: Style): string {
  return text.replace(/\*\*([^*\n]+)\*\*/g, (_, words: string) => style.bold(words));
}

/** The arguments of a call in short: "query=Website limit=3". */
export function shortArguments(args: Json): string {
  if (args === null || typeof args !== "object" || Array.isArray(args)) {
    return clipped(JSON.stringify(args), MOST_ARGUMENTS);
  }
  const pairs = Object.entries(args).map(([key, value]) => `${key}=${shortValue(value)}`);
  return clipped(pairs.join(" "), MOST_ARGUMENTS);
}

function shortValue(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value).replaceAll('"', "");
  return /^[0-9a-f]{8}-[0-9a-f-]{27}$/i.test(value) ? value.slice(0, 8) : value;
}

function callLine(call: CallState, canvas: Canvas): string {
  const { style, width } = canvas;
  const mark = callMark(call, canvas);
  const time = call.state === "running" ? "" : style.dim(`  ${call.duration_ms} ms`);
  const result = call.state === "failed" ? style.red(call.result) : call.result;
  return clipped(
    `${mark} ${style.cyan(call.name)} ${style.dim(shortArguments(call.arguments))}  ${result}${time}`,
    width,
  );
}

function callMark(call: CallState, { style, now, waiting }: Canvas): string {
  switch (call.state) {
    case "running":
      return style.yellow(waiting?.has(call.tool_call_id) ? "?" : spinner(now));
    case "ok":
      return style.green("✓");
    case "failed":
      return style.red("✗");
    default:
      return assertNever(call.state);
  }
}

function planLines({ goal, revision, steps }: PlanState, canvas: Canvas): string[] {
  const { style, width } = canvas;
  const changed = revision === 1 ? "" : style.yellow(` (changed, version ${revision})`);
  const levels = levelsOf(steps);
  const titleWidth = Math.min(44, Math.max(...steps.map((step) => widthOf(step.title))));
  const lines = levels.flatMap((level, index) => {
    const last = index === levels.length - 1;
    const rail = style.dim(last ? "   " : "│  ");
    return [
      `${style.dim(last ? "└─ " : "├─ ")}${style.dim(levelTitle(level, index))}`,
      ...level.flatMap((step, at) =>
        stepLines(step, at === level.length - 1, titleWidth, canvas).map((line) => rail + line)
      ),
    ];
  });
  return [`${style.bold("Plan")} ${goal}${changed}`, ...lines].map((line) => clipped(line, width));
}

/** Steps by the length of the longest chain of steps that they wait for. */
function levelsOf(steps: readonly StepState[]): StepState[][] {
  const depth = new Map<number, number>();
  for (const _ of steps) {
    for (const step of steps) {
      depth.set(
        step.step_number,
        Math.max(0, ...step.depends_on.map((number) => (depth.get(number) ?? 0) + 1)),
      );
    }
  }
  const levels: StepState[][] = [];
  for (const step of steps) {
    const level = depth.get(step.step_number) ?? 0;
    levels[level] = [...(levels[level] ?? []), step];
  }
  return levels.filter((level) => level !== undefined);
}

function levelTitle(level: readonly StepState[], index: number): string {
  const when = index === 0 ? "first" : "then";
  return level.length > 1 ? `${when}, side by side` : when;
}

function stepLines(
  step: StepState,
  last: boolean,
  titleWidth: number,
  canvas: Canvas,
): string[] {
  const { style, width, now } = canvas;
  const { state } = step;
  const who = padded(step.executor_required ? "executor" : "planner", 8);
  const title = padded(clipped(step.title, titleWidth), titleWidth);
  const head = [
    style.dim(last ? "└─" : "├─"),
    stepMark(step, style, now),
    style.dim(String(step.step_number)),
    state === "pending" || state === "skipped" ? style.dim(title) : title,
    style.dim(who),
    stepTime(step, style, now),
    ...(step.attempt > 1 ? [style.dim(`attempt ${step.attempt}`)] : []),
  ].join(" ");
  const calls = callMarks(step.calls, canvas);
  const below = (text: string) => text === "" ? [] : [`${style.dim(last ? "  " : "│ ")}   ${text}`];
  // Calls that do not fit behind the step stand under it.
  const fits = widthOf(head) + widthOf(calls) < width - RAIL;
  const words = step.error ?? step.summary ?? step.question ?? "";
  const summary = state === "failed" ? style.red(words) : style.dim(words);
  return [fits ? `${head} ${calls}` : head, ...(fits ? [] : below(calls)), ...below(summary)];
}

function stepMark({ state }: StepState, style: Style, now: number): string {
  switch (state) {
    case "pending":
      return style.dim("○");
    case "running":
      return style.yellow(spinner(now));
    case "completed":
      return style.green("✓");
    case "failed":
      return style.red("✗");
    case "skipped":
    case "cancelled":
      return style.yellow("–");
    // A later version's.
    default:
      return style.dim("•");
  }
}

function stepTime(step: StepState, style: Style, now: number): string {
  const ms = durationOf(step, now);
  if (ms !== null) return style.dim(padded(seconds(ms), 6));
  const after = step.depends_on.length === 0 || step.state !== "pending"
    ? ""
    : `after ${step.depends_on.join(", ")}`;
  return style.dim(padded(after, 6));
}

/** Calls of the same tool stand together: "list_tasks ✓", "update_or_schedule_task ✓×5". */
function callMarks(calls: readonly CallState[], canvas: Canvas): string {
  const { style } = canvas;
  const names = [...new Set(calls.map((call) => call.name))];
  return names.map((name) => {
    const marks = calls.filter((call) => call.name === name).map((call) => callMark(call, canvas));
    return `${style.cyan(name)} ${counted(marks).join("")}`;
  }).join(style.dim(" · "));
}

/** The same mark many times over is counted. */
function counted(marks: readonly string[]): string[] {
  return [...new Set(marks)].map((mark) => {
    const count = marks.filter((other) => other === mark).length;
    return count > 2 ? `${mark}×${count}` : mark.repeat(count);
  });
}
