// A frame of the stream as an event. The contract asks readers to pass over types that they don't know; of the types
// that they do, unknown fields and new members of enums pass as they came.
import type { EventType } from "../shared/contracts/events.ts";
import type { ReadEvent } from "../shared/contracts/read_event.ts";
import { unreadable } from "./client_error.ts";
import { parseJson } from "./parse_json.ts";
import { idOf, wholeEvent } from "./position.ts";
import { shaped } from "./shapes.ts";
import type { Piece } from "./sse_parser.ts";

/** What every event has, and what each type has besides. Fields that may be absent need not be named. */
export const HEAD = "type seq# run_id at agent@?";
export const BODIES: Readonly<Record<EventType, string>> = {
  session: "session_id user_message_id",
  analysis: "strategy",
  plan_created: "plan@",
  step_start: "step_number# attempt# title",
  executor_spawned: "step_number# attempt# executor_agent_id",
  tool_call: "tool_call_id name arguments*",
  tool_result: "tool_call_id ok! result error? duration_ms#",
  executor_result: "step_number# attempt# executor_agent_id result@ usage@ duration_ms#",
  step_complete: "step_number# attempt# status summary error?",
  text: "part# message_id delta",
  text_withdrawn: "part#",
  approval_required: "approvals@+",
  run_paused: "open+ expires_at",
  approval_decided: "tool_call_id approved! edited! reason? by",
  taken_over: "generation# why",
  done: "status message_id? usage@ finished_reason",
  error: "kind message retryable! message_id?",
};

/**
 * The event of a frame; null for a type that this version doesn't know, or none. Throws for one that can't be read, or that
 * says twice what it is and contradicts itself: a hole in the stream is never silent.
 */
export function readEvent({ at, event: type, data }: Omit<Piece, "text">): ReadEvent | null {
  if (!isKnown(type)) return null;
  const event = parseJson(data);
  const isEvent = shaped<ReadEvent>(`${HEAD} ${BODIES[type]}`);
  if (isEvent(event) && wholeEvent(event.seq) === at && event.type === type) return event;
  const id = idOf(at);
  throw unreadable(`event ${id} (${type})`, Number(id));
}

function isKnown(type: string): type is EventType {
  return Object.hasOwn(BODIES, type);
}
