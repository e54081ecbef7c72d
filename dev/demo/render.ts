// Draws a view as lines of text. Pure: the width, the style and the time come as arguments.
import { assertNever } from "../../shared/contracts/errors.ts";
import type { Json } from "../../shared/contracts/text.ts";
import { clipped, padded, spinner, type Style, widthOf, wrapped } from "./style.ts";
import type { Block, CallView, StepView, View } from "./view.ts";

export interface Canvas {
  style: Style;
  /** Columns. */
  width: number;
  /** Milliseconds since the epoch, for spinners and running times. */
  now: number;
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
      return planLines(block, canvas);
    default:
      return assertNever(block);
  }
}

/** What the model is busy with while nothing else shows it; undefined while something does, and at the end. */
export function activity(view: View): string | undefined {
  if (view.end !== undefined) return undefined;
  const last = view.blocks.at(-1);
  if (last?.type === "text" && view.strategy !== "complex") return undefined;
  switch (last?.type) {
    case undefined:
      return "thinking";
    case "text":
      return view.blocks.some((block) => block.type === "plan") ? undefined : "writing a plan";
    case "withdrawn":
      return "beginning again";
    case "calls":
      return last.calls.some((call) => call.state === "running") ? undefined : "reading the results";
    case "plan":
      return last.steps.every((step) => step.ended_at !== undefined || step.state === "skipped")
        ? "writing the answer"
        : undefined;
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

function callLine(call: CallView, { style, width, now }: Canvas): string {
  const mark = callMark(call, style, now);
  const time = call.state === "running" ? "" : style.dim(`  ${call.duration_ms} ms`);
  const result = call.state === "failed" ? style.red(call.result) : call.result;
  return clipped(
    `${mark} ${style.cyan(call.name)} ${style.dim(shortArguments(call.arguments))}  ${result}${time}`,
    width,
  );
}

function callMark(call: CallView, style: Style, now: number): string {
  switch (call.state) {
    case "running":
      return style.yellow(spinner(now));
    case "ok":
      return style.green("✓");
    case "failed":
      return style.red("✗");
    default:
      return assertNever(call.state);
  }
}

function planLines({ plan, steps }: Extract<Block, { type: "plan" }>, canvas: Canvas): string[] {
  const { style, width } = canvas;
  const revision = plan.revision === 1 ? "" : style.yellow(` (changed, version ${plan.revision})`);
  const levels = levelsOf(steps);
  const titleWidth = Math.min(44, Math.max(...steps.map((step) => widthOf(step.step.title))));
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
  return [`${style.bold("Plan")} ${plan.goal}${revision}`, ...lines].map((line) => clipped(line, width));
}

/** Steps by the length of the longest chain of steps that they wait for. */
function levelsOf(steps: readonly StepView[]): StepView[][] {
  const depth = new Map<number, number>();
  for (const _ of steps) {
    for (const { step } of steps) {
      depth.set(
        step.step_number,
        Math.max(0, ...step.depends_on.map((number) => (depth.get(number) ?? 0) + 1)),
      );
    }
  }
  const levels: StepView[][] = [];
  for (const step of steps) {
    const level = depth.get(step.step.step_number) ?? 0;
    levels[level] = [...(levels[level] ?? []), step];
  }
  return levels.filter((level) => level !== undefined);
}

function levelTitle(level: readonly StepView[], index: number): string {
  const when = index === 0 ? "first" : "then";
  return level.length > 1 ? `${when}, side by side` : when;
}

function stepLines(
  view: StepView,
  last: boolean,
  titleWidth: number,
  { style, width, now }: Canvas,
): string[] {
  const { step, state } = view;
  const who = padded(step.executor_required ? "executor" : "planner", 8);
  const title = padded(clipped(step.title, titleWidth), titleWidth);
  const head = [
    style.dim(last ? "└─" : "├─"),
    stepMark(view, style, now),
    style.dim(String(step.step_number)),
    state === "waiting" || state === "skipped" ? style.dim(title) : title,
    style.dim(who),
    stepTime(view, style, now),
    ...(view.attempt > 1 ? [style.dim(`attempt ${view.attempt}`)] : []),
  ].join(" ");
  const calls = callMarks(view.calls, style, now);
  const below = (text: string) => text === "" ? [] : [`${style.dim(last ? "  " : "│ ")}   ${text}`];
  // Calls that do not fit behind the step stand under it.
  const fits = widthOf(head) + widthOf(calls) < width - RAIL;
  const summary = state === "failed" ? style.red(view.summary) : style.dim(view.summary);
  return [fits ? `${head} ${calls}` : head, ...(fits ? [] : below(calls)), ...below(summary)];
}

function stepMark({ state }: StepView, style: Style, now: number): string {
  switch (state) {
    case "waiting":
      return style.dim("○");
    case "running":
      return style.yellow(spinner(now));
    case "completed":
      return style.green("✓");
    case "failed":
      return style.red("✗");
    case "skipped":
      return style.yellow("–");
    default:
      return assertNever(state);
  }
}

function stepTime({ started_at, ended_at, step, state }: StepView, style: Style, now: number): string {
  if (started_at !== undefined) {
    return style.dim(padded(seconds(Math.max(0, (ended_at ?? now) - started_at)), 6));
  }
  const after = step.depends_on.length === 0 || state !== "waiting"
    ? ""
    : `after ${step.depends_on.join(", ")}`;
  return style.dim(padded(after, 6));
}

/** Calls of the same tool stand together: "list_tasks ✓", "update_or_schedule_task ✓×5". */
function callMarks(calls: readonly CallView[], style: Style, now: number): string {
  const names = [...new Set(calls.map((call) => call.name))];
  return names.map((name) => {
    const marks = calls.filter((call) => call.name === name).map((call) => callMark(call, style, now));
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
