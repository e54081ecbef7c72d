// The view for pipes and files: one line for everything that happens, and no line is ever redrawn.
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import type { RunState } from "../../shared/contracts/run_state.ts";
import { durationOf, seconds, shortArguments } from "./render.ts";
import { blocksOf, lastBlock } from "./view.ts";

/** What to write for an event, given the states after and before it. Text is raw; everything else ends its line. */
export function plainText(event: ReadEvent, state: RunState, previous: RunState): string {
  const begun = lastBlock(previous)?.type === "text" && event.type !== "text" && event.type !== "analysis"
    ? "\n"
    : "";
  const lines = (...texts: string[]) => begun + texts.map((text) => `${text}\n`).join("");
  switch (event.type) {
    case "text":
      return event.delta;
    case "text_withdrawn":
      return (previous.parts[event.part - 1] ?? "") !== ""
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
      const step = state.plan?.steps.find((one) => one.step_number === event.step_number);
      const ms = step ? durationOf(step, Date.parse(event.at)) : null;
      const time = ms === null ? "" : ` in ${seconds(ms)}`;
      return lines(`step ${event.step_number} ${event.status}${time}: ${event.error ?? event.summary}`);
    }
    case "tool_call":
      return lines(`${prefix(event)}${event.name} ${shortArguments(event.arguments)}`);
    case "tool_result":
      return lines(
        `${prefix(event)}${nameOf(event.tool_call_id, state)} ${event.ok ? "ok" : "failed"}: ${
          event.error ?? event.result
        }`,
      );
    case "approval_required":
      return lines(...event.approvals.map((call) => `${call.name} waits for a person`));
    case "approval_decided": {
      const { approved, edited, reason, by } = event;
      const decided = approved ? `approved${edited ? ", with other arguments" : ""}` : "declined";
      const why = reason === undefined ? "" : `: ${reason}`;
      return lines(`${nameOf(event.tool_call_id, state)} ${by === "user" ? decided : by}${why}`);
    }
    case "taken_over":
      return lines(
        event.why === "handed_over"
          ? "(another process goes on with it)"
          : "(its process was lost; another goes on with it)",
      );
    case "error":
      return lines(`error: ${event.message}`);
    case "done":
      return begun;
    case "session":
    case "analysis":
    case "executor_spawned":
    case "executor_result":
    case "run_paused":
      return begun;
    default:
      event satisfies never;
      return "";
  }
}

function prefix(event: ReadEvent): string {
  return event.agent?.step_number === undefined ? "" : `step ${event.agent.step_number}: `;
}

function nameOf(id: string, state: RunState): string {
  const calls = blocksOf(state).flatMap((block) => {
    if (block.type === "calls") return block.calls;
    return block.type === "plan" ? block.plan.steps.flatMap((step) => step.calls) : [];
  });
  return calls.find((call) => call.tool_call_id === id)?.name ?? "tool";
}
