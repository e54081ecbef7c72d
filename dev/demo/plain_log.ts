// The view for pipes and files: one line for everything that happens, and no line is ever redrawn.
import { assertNever } from "../../shared/contracts/errors.ts";
import type { RunEvent } from "../../shared/contracts/events.ts";
import { seconds, shortArguments } from "./render.ts";
import { latestSteps, type View } from "./view.ts";

/** What to write for an event, given the view after it. Text is raw; everything else ends its line. */
export function plainText(event: RunEvent, view: View, previous: View): string {
  const begun = previous.blocks.at(-1)?.type === "text" && event.type !== "text" && event.type !== "analysis"
    ? "\n"
    : "";
  const lines = (...texts: string[]) => begun + texts.map((text) => `${text}\n`).join("");
  switch (event.type) {
    case "text":
      return event.delta;
    case "text_withdrawn":
      return previous.blocks.some((block) => block.type === "text" && block.part === event.part)
        ? lines("(interrupted: the text above is void and begins again)")
        : "";
    case "plan_created": {
      const { goal, revision, steps } = event.plan;
      const head = revision === 1 ? `plan: ${goal}` : `plan, version ${revision}: ${goal}`;
      return lines(
        head,
        ...steps.map((step) => {
          const who = step.executor_required ? "executor" : "planner";
          const after = step.depends_on.length === 0 ? "" : `, after ${step.depends_on.join(", ")}`;
          return `  step ${step.step_number} (${who}${after}): ${step.title}`;
        }),
      );
    }
    case "step_start":
      return lines(
        `step ${event.step_number} started${
          event.attempt > 1 ? `, attempt ${event.attempt}` : ""
        }: ${event.title}`,
      );
    case "step_complete": {
      const step = latestSteps(view).find((one) => one.step.step_number === event.step_number);
      const time = step?.started_at === undefined
        ? ""
        : ` in ${seconds((step.ended_at ?? view.at) - step.started_at)}`;
      return lines(`step ${event.step_number} ${event.status}${time}: ${event.error ?? event.summary}`);
    }
    case "tool_call":
      return lines(`${prefix(event)}${event.name} ${shortArguments(event.arguments)}`);
    case "tool_result":
      return lines(
        `${prefix(event)}${nameOf(event.tool_call_id, view)} ${event.ok ? "ok" : "failed"}: ${
          event.error ?? event.result
        }`,
      );
    case "error":
      return lines(`error: ${event.message}`);
    case "done":
      return begun;
    case "session":
    case "analysis":
    case "executor_spawned":
    case "executor_result":
    case "approval_required":
      return "";
    default:
      return assertNever(event);
  }
}

function prefix(event: RunEvent): string {
  return event.agent?.step_number === undefined ? "" : `step ${event.agent.step_number}: `;
}

function nameOf(id: string, view: View): string {
  const calls = view.blocks.flatMap((block) => {
    switch (block.type) {
      case "text":
      case "withdrawn":
        return [];
      case "calls":
        return block.calls;
      case "plan":
        return block.steps.flatMap((step) => step.calls);
      default:
        return assertNever(block);
    }
  });
  return calls.find((call) => call.id === id)?.name ?? "tool";
}
