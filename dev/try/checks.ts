// What judges are made of: each check reads the rows of one turn and says what it expected and what they say.
import type { ToolCallView } from "../../shared/contracts/run_view.ts";
import { describeChange } from "./expected_changes.ts";
import type { Faults, TurnRows } from "./task.ts";

/** The run completed by an answer, and the conversation has a text of it. */
export function answered({ run }: TurnRows): Faults {
  if (run.status !== "completed") {
    const why = run.error ? `: ${run.error.message}` : "";
    return [`expected a run that completed, and it is ${run.status}${why}`];
  }
  const text = run.messages.some(({ role, content }) => role === "assistant" && content.trim() !== "");
  return [
    ...(run.finished_reason === "answered"
      ? []
      : [`expected the run to end with an answer, and it ended by ${run.finished_reason}`]),
    ...(text ? [] : ["expected an answer, and its text is empty"]),
  ];
}

export function nothingChanged({ changes }: TurnRows): Faults {
  return changes.map((change) => `expected no row to change, and ${describeChange(change)}`);
}

/** No tool was called at all, the agents' own included. */
export function calledNothing({ run }: TurnRows): Faults {
  return run.tool_calls.length === 0
    ? []
    : [`expected no tool call, and there are ${run.tool_calls.length}: ${named(run.tool_calls)}`];
}

/** Not even a write that was refused. */
export function triedNoWrite({ run }: TurnRows): Faults {
  const writes = run.tool_calls.filter(({ access }) => access === "write");
  return writes.length === 0 ? [] : [`expected no call that writes, and there is ${named(writes)}`];
}

/** A look-up by one of these tools, or by any, found what it asked for. */
export function read({ run }: TurnRows, ...names: string[]): Faults {
  const reads = run.tool_calls.filter(({ access, status, tool_name }) =>
    access === "read" && status === "succeeded" && (names.length === 0 || names.includes(tool_name))
  );
  if (reads.length > 0) return [];
  const wanted = names.length === 0 ? "that reads" : `of ${names.join(" or ")}`;
  return [`expected a call ${wanted} that succeeded, and there is ${named(run.tool_calls)}`];
}

/** The result of a look-up names this row. */
export function found({ run }: TurnRows, { id }: { id: string }, what: string): Faults {
  const told = ({ status, access, result }: ToolCallView) =>
    status === "succeeded" && access === "read" && JSON.stringify(result).includes(id);
  return run.tool_calls.some(told)
    ? []
    : [`expected a look-up that finds ${what}, and no result names it; called: ${named(run.tool_calls)}`];
}

/** Events of these types came in this order, whatever came between them. */
export function eventsInOrder({ events }: TurnRows, ...types: string[]): Faults {
  let from = 0;
  for (const type of types) {
    const at = events.indexOf(type, from);
    if (at < 0) {
      const seen = events.filter((one, i) => one !== events[i - 1]).join(", ");
      return [`expected the events ${types.join(", ")} in this order, and they are ${seen}`];
    }
    from = at + 1;
  }
  return [];
}

/** A plan was carried out whole, and so many of its steps by executors, which can only read. */
export function planned({ run }: TurnRows, executors: number): Faults {
  const plan = run.plans.find(({ status }) => status === "completed");
  if (plan === undefined) {
    const states = run.plans.map(({ status }) => status).join(", ");
    return [`expected a plan that completed, and ${states === "" ? "there is no plan" : `it is ${states}`}`];
  }
  const theirs = run.executions.filter(({ executor_agent_id, status }) =>
    executor_agent_id !== null && (status === "completed" || status === "partial")
  );
  const steps = new Set(theirs.map(({ step_number }) => step_number)).size;
  const writers = run.agents.filter(({ type, permissions }) =>
    type === "executor" && permissions !== "read_only"
  );
  return [
    ...(steps >= executors
      ? []
      : [`expected at least ${executors} steps done by executors, and there are ${steps}`]),
    ...writers.map(({ name }) => `expected executors that only read, and ${name} has other rights`),
  ];
}

/** `list_tasks, search_notes (failed)`, or "none". */
export function named(calls: readonly ToolCallView[]): string {
  if (calls.length === 0) return "none";
  const one = ({ tool_name, status }: ToolCallView) =>
    status === "succeeded" ? tool_name : `${tool_name} (${status})`;
  return [...new Set(calls.map(one))].join(", ");
}
