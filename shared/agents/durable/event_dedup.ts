// Which events a run's log holds already. After a takeover the new owner replays the moves of the one before it;
// events that the log has are dropped.
import type { Approval } from "../../contracts/approval.ts";
import { assertNever } from "../../contracts/errors.ts";
import type { EventBody } from "../../contracts/events.ts";

export interface EventDedup {
  /** What of the event is new, and from then on is not; null where nothing is. */
  fresh(event: EventBody): EventBody | null;
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
    keysOf(event, plan_id).forEach((key) => keys.add(key));
    if (event.type === "plan_created") plan_id = event.plan.id;
  }
  return { keys, plan_id };
}

/** `known` is what the log tells so far. */
export function createEventDedup(known: KnownEvents): EventDedup {
  const keys = new Set(known.keys);
  let { plan_id } = known;

  return {
    fresh(event) {
      const said = keysOf(event, plan_id);
      const told = said.filter((key) => keys.has(key));
      if (said.length > 0 && told.length === said.length) return null;
      said.forEach((key) => keys.add(key));
      if (event.type === "plan_created") plan_id = event.plan.id;
      return told.length === 0 ? event : withoutTold(event, new Set(told));
    },
  };
}

/** Calls that a person is asked about one by one are told of one by one. */
function withoutTold(event: EventBody, told: ReadonlySet<string>): EventBody {
  if (event.type !== "approval_required") return event;
  return { ...event, approvals: event.approvals.filter((one) => !told.has(askedKey(one))) };
}

function askedKey({ tool_call_id }: Approval): string {
  return `approval_required ${tool_call_id}`;
}

function keysOf(event: EventBody, plan_id: string): string[] {
  if (event.type === "approval_required") return event.approvals.map(askedKey);
  const key = keyOf(event, plan_id);
  return key === null ? [] : [key];
}

/** Two events with one key say the same; null where saying it again is something new. */
function keyOf(event: Exclude<EventBody, { type: "approval_required" }>, plan_id: string): string | null {
  switch (event.type) {
    case "text":
    case "run_paused":
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
    case "taken_over":
      return `${event.type} ${event.generation}`;
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
