// One attempt for people to read: its messages, what the agents did one after the other, what changed, the answer.
import type { RunDetails, ToolCallView } from "../../shared/contracts/run_view.ts";
import { type Style, wrapped } from "../terminal/style.ts";
import type { Attempt } from "./attempt.ts";
import { describeChange } from "./expected_changes.ts";
import type { Canvas } from "./result_table.ts";
import type { TurnRows } from "./task.ts";

/** The attempt as lines. */
export function detailLines({ turns }: Attempt, canvas: Canvas): string[] {
  return turns.flatMap((turn) => turnLines(turn, canvas));
}

function turnLines({ message, run, changes }: TurnRows, { style, width }: Canvas): string[] {
  const told = [
    ...run.tool_calls.map((call) => ({ at: call.created_at, lines: callLines(call, run, style) })),
    ...run.plans.map((plan) => ({ at: plan.created_at, lines: planLines(plan, style) })),
    ...run.executions.map((step) => ({
      at: step.finished_at ?? step.created_at,
      lines: stepLines(step, style),
    })),
  ].toSorted((a, b) => a.at.localeCompare(b.at));
  const answer = run.messages.findLast(({ role }) => role === "assistant")?.content ?? "";
  const lines = [
    ...told.flatMap((one) => one.lines),
    ...(changes.length === 0
      ? ["changed nothing"]
      : changes.map((change) => `changed: ${describeChange(change)}`)),
    style.dim(`run ${run.id}: ${run.status}${run.strategy === null ? "" : `, ${run.strategy}`}`),
    ...(run.error === null ? [] : [style.red(run.error.message)]),
  ];
  return [
    "",
    ...wrapped(`> ${message}`, width).map(style.bold),
    ...lines.flatMap((line) =>
      wrapped(line, width - 2).map((part, i) => `${i === 0 ? "  " : "    "}${part}`)
    ),
    ...(answer === "" ? [] : ["", ...wrapped(answer, width)]),
  ];
}

function callLines(call: ToolCallView, run: RunDetails, style: Style): string[] {
  // A plan is told by its own row.
  if (call.tool_name === "create_plan" && call.status === "succeeded") return [];
  const who = run.agents.find(({ id }) => id === call.agent_id);
  const by = who?.type === "executor" ? who.name : "planner";
  const end = call.status === "succeeded"
    ? style.green("ok")
    : style.red(`${call.status}: ${call.error ?? ""}`);
  const said = call.status === "succeeded" ? messageOf(call) : "";
  return [
    `${by}: ${style.cyan(call.tool_name)} ${JSON.stringify(call.arguments)} ${end} ${style.dim(said)}`
      .trimEnd(),
  ];
}

function messageOf({ result }: ToolCallView): string {
  if (result === null || typeof result !== "object" || Array.isArray(result)) return "";
  return typeof result.message === "string" ? result.message : "";
}

function planLines({ revision, goal, steps, status }: RunDetails["plans"][number], style: Style): string[] {
  return [
    `plan ${revision}, ${status}: ${goal}`,
    ...steps.map(({ step_number, title, executor_required, tools, depends_on }) => {
      const after = depends_on.length === 0 ? "" : ` after ${depends_on.join(", ")}`;
      const who = executor_required ? "executor" : "planner";
      return `  step ${step_number} (${who}${after}): ${title} ${style.dim(`[${tools.join(", ")}]`)}`;
    }),
  ];
}

function stepLines(
  { step_number, attempt, status, result, error }: RunDetails["executions"][number],
  style: Style,
) {
  const said = error ?? result?.summary ?? "";
  return [`step ${step_number}${attempt > 1 ? `, attempt ${attempt}` : ""} ${status}: ${style.dim(said)}`];
}
