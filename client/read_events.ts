// A frame of the stream as an event. The contract asks readers to pass over types that they don't know; of the types
// that they do, unknown fields and new members of enums pass as they came.
import type { Approval, Effect, Why } from "../shared/contracts/approval.ts";
import type { AgentRef, EventType } from "../shared/contracts/events.ts";
import type { Plan, PlanStep, StepResult } from "../shared/contracts/plan.ts";
import type { Open, ReadEvent, ReadEventOf } from "../shared/contracts/read_event.ts";
import type { Usage } from "../shared/contracts/usage.ts";
import { unreadable } from "./client_error.ts";
import {
  fields,
  type Guard,
  isFlag,
  isJson,
  isNumber,
  isText,
  listOf,
  nullable,
  optional,
  parseJson,
} from "./guards.ts";
import type { Frame } from "./sse_parser.ts";

export const isUsage = fields<Usage>({
  input_tokens: isNumber,
  output_tokens: isNumber,
  cached_tokens: isNumber,
  reasoning_tokens: isNumber,
  model_calls: isNumber,
  cost_usd: nullable(isNumber),
  estimated: isFlag,
  cost_estimated: isFlag,
});

const isStep = fields<PlanStep>({
  step_number: isNumber,
  title: isText,
  task: isText,
  executor_required: isFlag,
  tools: listOf(isText),
  depends_on: listOf(isNumber),
});

const isPlan = fields<Plan>({ id: isText, revision: isNumber, goal: isText, steps: listOf(isStep) });

const isStepResult = fields<Open<StepResult>>({
  status: isText,
  summary: isText,
  open_questions: optional(listOf(isText)),
});

/** Rows and their columns are the database's, and shown as they came. */
function isEffect(value: unknown): value is Open<Effect> {
  return isChange(value);
}
const isChange = fields({ table: isText, op: isText, key: isJson });

export const isApproval = fields<Open<Approval>>({
  tool_call_id: isText,
  name: isText,
  arguments: isJson,
  arguments_sha256: isText,
  why: listOf(fields<Open<Why>>({ by: isText, text: isText })),
  effects: nullable(listOf(isEffect)),
  expires_at: isText,
});

interface Head {
  type: string;
  seq: number;
  run_id: string;
  at: string;
  agent?: Open<AgentRef>;
}

const isHead = fields<Head>({
  type: isText,
  seq: isNumber,
  run_id: isText,
  at: isText,
  agent: optional(fields<Open<AgentRef>>({ id: isText, type: isText, step_number: optional(isNumber) })),
});

const attempt = { step_number: isNumber, attempt: isNumber };

/** What each type has besides the head. */
const BODIES: { [Type in EventType]: Guard<Omit<ReadEventOf<Type>, keyof Head>> } = {
  session: fields({ session_id: isText, user_message_id: isText }),
  analysis: fields({ strategy: isText }),
  plan_created: fields({ plan: isPlan }),
  step_start: fields({ ...attempt, title: isText }),
  executor_spawned: fields({ ...attempt, executor_agent_id: isText }),
  tool_call: fields({ tool_call_id: isText, name: isText, arguments: isJson }),
  tool_result: fields({
    tool_call_id: isText,
    ok: isFlag,
    result: isText,
    error: optional(isText),
    duration_ms: isNumber,
  }),
  executor_result: fields({
    ...attempt,
    executor_agent_id: isText,
    result: isStepResult,
    usage: isUsage,
    duration_ms: isNumber,
  }),
  step_complete: fields({ ...attempt, status: isText, summary: isText, error: optional(isText) }),
  text: fields({ part: isNumber, message_id: isText, delta: isText }),
  text_withdrawn: fields({ part: isNumber }),
  approval_required: fields({ approvals: listOf(isApproval) }),
  run_paused: fields({ open: listOf(isText), expires_at: isText }),
  approval_decided: fields({
    tool_call_id: isText,
    approved: isFlag,
    edited: isFlag,
    arguments: optional(isJson),
    reason: optional(isText),
    by: isText,
  }),
  taken_over: fields({ generation: isNumber, why: isText }),
  done: fields({
    status: isText,
    message_id: optional(isText),
    usage: isUsage,
    finished_reason: isText,
  }),
  error: fields({ kind: isText, message: isText, retryable: isFlag, message_id: optional(isText) }),
};

function isEvent(value: unknown, { id, event: type }: Frame): value is ReadEvent {
  return isHead(value) && value.seq === id && value.type === type && isKnown(type) && BODIES[type](value);
}

/**
 * The event of a frame; null for a type that this version doesn't know. Throws for one that can't be read, or that
 * says twice what it is and contradicts itself: a hole in the stream is never silent.
 */
export function readEvent(frame: Frame): ReadEvent | null {
  const { id, event: type, data } = frame;
  if (!isKnown(type)) return null;
  const event = parseJson(data);
  if (isEvent(event, frame)) return event;
  throw unreadable(
    `event ${id} (${type})`,
    "A field is missing or wrong.",
    id,
  );
}

function isKnown(type: string): type is EventType {
  return Object.hasOwn(BODIES, type);
}

/** True for the types that end a run's stream. There are no others, in later versions either. */
export function endsStream(type: string): boolean {
  return type === "done" || type === "error";
}
