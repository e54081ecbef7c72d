// Which events a run's log holds already. After a takeover the new owner replays the moves of the one before it;
// events that the log has are dropped.
import { assertNever } from "../../contracts/errors.ts";
import type { EventBody } from "../../contracts/events.ts";

export interface EventDedup {
  /** True when the event says something new; from then on it does not. */
  note(event: EventBody): boolean;
}

/** What a log tells already. */
export interface KnownEvents {
  /** Two events with one key say the same. */
  keys: ReadonlySet<string>;
  /** The plan whose steps it told of last; numbers of steps come again in the next plan. */
  plan_id: string;
}

export function knownEvents(events: readonly EventBody[]): KnownEvents {
  const keys = new Set<string>();
  let plan_id = "";
  for (const event of events) {
    const key = keyOf(event, plan_id);
    if (key !== null) keys.add(key);
    if (event.type === "plan_created") plan_id = event.plan.id;
  }
  return { keys, plan_id };
}

/** `known` is what the log tells so far. */
export function createEventDedup(known: KnownEvents): EventDedup {
  const keys = new Set(known.keys);
  let { plan_id } = known;

  function note(event: EventBody): boolean {
    const key = keyOf(event, plan_id);
    if (key !== null && keys.has(key)) return false;
    if (key !== null) keys.add(key);
    if (event.type === "plan_created") plan_id = event.plan.id;
    return true;
  }

  return { note };
}

/** Two events with one key say the same; null where saying it again is something new. */
function keyOf(event: EventBody, plan_id: string): string | null {
  switch (event.type) {
    case "text":
    case "run_paused":
      return null;
    case "approval_required":
      return `${event.type} ${event.approvals.map((one) => one.tool_call_id).join(" ")}`;
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
    case "approval_decided":
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
