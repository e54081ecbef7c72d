// Which events a run's log holds already. Whoever takes a run over goes through the same moves as the owner before,
// and announces them in the same way; what has been announced is not announced twice.
import { assertNever } from "../../contracts/errors.ts";
import type { EventBody } from "../../contracts/events.ts";

export interface EventDedup {
  /** True when the event says something new; from then on it does not. */
  note(event: EventBody): boolean;
}

/** `events` is the log so far. */
export function createEventDedup(events: readonly EventBody[]): EventDedup {
  const keys = new Set<string>();
  let plan_id = "";

  function note(event: EventBody): boolean {
    const key = keyOf(event, plan_id);
    if (key !== null && keys.has(key)) return false;
    if (key !== null) keys.add(key);
    if (event.type === "plan_created") plan_id = event.plan.id;
    return true;
  }

  for (const event of events) note(event);
  return { note };
}

/** Two events with one key say the same; null where saying it again is something new. */
function keyOf(event: EventBody, plan_id: string): string | null {
  switch (event.type) {
    case "text":
    case "approval_required":
      return null;
    case "session":
    case "done":
    case "error":
      return event.type;
    case "analysis":
      return `${event.type} ${event.strategy}`;
    case "plan_created":
      return `${event.type} ${event.plan.id}`;
    case "text_withdrawn":
      return `${event.type} ${event.part}`;
    case "tool_call":
    case "tool_result":
      return `${event.type} ${event.tool_call_id}`;
    case "step_start":
    case "executor_spawned":
    case "executor_result":
    case "step_complete":
      return `${event.type} ${plan_id} ${event.step_number} ${event.attempt}`;
    default:
      return assertNever(event);
  }
}
