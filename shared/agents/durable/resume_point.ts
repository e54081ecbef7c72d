// Where a run stands when an owner gets it, worked out once from its rows and its log: all that replay needs to know.
// Nobody else derives state from them. A run that has just begun has the same point, with nothing in it.
import type { Strategy } from "../../contracts/events.ts";
import type { OwnedRun, StoredMessage, TextPart } from "../store/records.ts";
import { type KnownEvents, knownEvents } from "./event_dedup.ts";
import { type PlanningPoint, planningPoint } from "./planning_point.ts";
import { type ThreadPoint, threadPoint } from "./thread_point.ts";

export interface ResumePoint extends ThreadPoint {
  /** As the log has announced it last. */
  strategy: Strategy | null;
  /** The last part of text in the log. What is said next has a part of its own. */
  part: TextPart | null;
  /** That part, where its model call was lost: the log has to withdraw it. */
  void_part: number | null;
  /** Events that are not told again. */
  known_events: KnownEvents;
  planning: PlanningPoint;
}

/** The point from which the owner of a run resumes it. */
export function resumePoint(owned: OwnedRun): ResumePoint {
  const { events, messages, last_text } = owned;
  return {
    ...threadPoint(messages),
    strategy: events.findLast((event) => event.type === "analysis")?.strategy ?? null,
    part: last_text,
    void_part: voidPart(owned),
    known_events: knownEvents(events),
    planning: planningPoint(owned),
  };
}

/**
 * The part whose message is not in the thread. Only the last one can be: a part is stored no later than its message,
 * and the next part begins after that, or after the part was withdrawn.
 */
function voidPart({ events, messages, last_text }: OwnedRun): number | null {
  if (last_text === null || isStored(last_text, messages)) return null;
  const withdrawn = events.some((event) => event.type === "text_withdrawn" && event.part === last_text.part);
  return withdrawn ? null : last_text.part;
}

function isStored({ message_id }: TextPart, messages: readonly StoredMessage[]): boolean {
  return messages.some(({ id }) => id === message_id);
}
