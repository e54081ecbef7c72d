// What the SQL functions return, parsed once.
import { z } from "zod";
import type {
  ClaimedStep,
  ExistingRun,
  OwnedRun,
  Reserved as ReservedCall,
  StartedRun,
  StepView,
  StoredMessage,
  Unsummarised,
} from "../agents/store/records.ts";
import type { Heard, Recorded } from "../agents/store/rows.ts";
import { Effect, SettledBy, Why } from "../contracts/approval.ts";
import { AgentRef, RunEvent } from "../contracts/events.ts";
import { UnreadableRun } from "../contracts/errors.ts";
import { MessageKind, MetLimit } from "../contracts/message_kind.ts";
import type { ModelMessage } from "../contracts/model.ts";
import { Plan, PlanDraft, PlanStep, StepResult } from "../contracts/plan.ts";
import { JsonSchema } from "../contracts/text.ts";
import { TimeZone } from "../contracts/time_zone.ts";
import { Usage } from "../contracts/usage.ts";

const ToolCall = z.object({
  id: z.string(),
  name: z.string(),
  arguments: z.string(),
  unread: z.object({ raw: z.string(), problem: z.string() }).optional(),
  cut_off: z.literal(true).optional(),
  extra_content: JsonSchema.optional(),
});
/** By the names that a host may give it: whoever wrote the row, nothing else of a message is sent from here. */
const Echo = z.object({
  model: z.string(),
  fields: z.object({ reasoning_details: JsonSchema.optional(), extra_content: JsonSchema.optional() }),
});
const Message = z.object({
  id: z.uuid(),
  seq: z.int(),
  kind: MessageKind,
  detail: MetLimit.nullable(),
  sender_type: z.enum(["system", "user", "planner", "executor", "tool"]),
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string(),
  tool_calls: z.array(ToolCall).nullable(),
  tool_call_id: z.string().nullable(),
  reasoning: z.string().nullable(),
  echo: Echo.nullable(),
  cut_off: z.literal(true).nullable(),
});

/** A row of `agent_chat_messages` as the message that went to the model or came from it. */
export function parseMessage(row: unknown): StoredMessage {
  const parsed = Message.parse(row);
  const { id, seq, kind, detail, sender_type: sender } = parsed;
  const entry = { id, seq, sender, message: modelMessage(parsed) };
  return kind === "limit" ? { ...entry, kind, limit: MetLimit.parse(detail) } : { ...entry, kind };
}

function modelMessage(row: z.infer<typeof Message>): ModelMessage {
  const { role, content } = row;
  switch (role) {
    case "system":
    case "user":
      return { role, content };
    case "assistant":
      return {
        role,
        content,
        ...(row.tool_calls && { tool_calls: row.tool_calls }),
        ...(row.reasoning !== null && { reasoning: row.reasoning }),
        ...(row.echo && { echo: row.echo }),
        ...(row.cut_off && { cut_off: row.cut_off }),
      };
    case "tool":
      return { role, content, tool_call_id: row.tool_call_id ?? "" };
  }
}

const ShownRows = z.array(z.object({ relation: z.string(), key: z.string() }));
const ToolOutcome = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), data: JsonSchema, message: z.string(), rows: ShownRows.optional() }),
  z.object({
    ok: z.literal(false),
    error: z.enum([
      "invalid_arguments",
      "not_found",
      "not_allowed",
      "conflict",
      "failed",
      "rejected",
      "stale",
    ]),
    message: z.string(),
    rows: ShownRows.optional(),
  }),
]);
const Decision = z.object({
  approved: z.boolean(),
  edited: z.boolean(),
  reason: z.string().nullable(),
  by: SettledBy,
});
const Call = z.object({
  id: z.uuid(),
  tool_name: z.string(),
  status: z.enum(["succeeded", "failed", "rejected"]),
  arguments: JsonSchema,
  result: ToolOutcome,
  undoable: z.literal(true).optional(),
  duration_ms: z.int(),
  decision: Decision.nullable().default(null),
});
const OpenCall = z.object({
  id: z.uuid(),
  tool_name: z.string(),
  status: z.enum(["awaiting_approval", "approved", "executing"]),
  arguments: JsonSchema,
  arguments_sha256: z.string(),
  why: z.array(Why).nullable().transform((why) => why ?? []),
  effects: z.array(Effect).nullable(),
  problem: z.string().nullable(),
  expires_at: z.string().nullable(),
  remember: z.string().nullable(),
  decision: Decision.nullable(),
});
/** Of a thread. */
const Calls = {
  tool_calls: z.array(Call),
  open_calls: z.array(OpenCall).default([]),
  guarded_reads: z.array(z.string()).default([]),
};

const Reserved = z.object({
  broken_budget: z.string().nullable(),
  allowed: z.boolean(),
  tool_calls: z.int(),
});

const Claimed = z.object({
  reserved: Reserved,
  execution_id: z.uuid(),
  generation: z.int(),
  attempt: z.int(),
  run_id: z.uuid(),
  session_id: z.uuid(),
  agent_id: z.uuid(),
  planner_agent_id: z.uuid(),
  thread_id: z.uuid(),
  step: PlanStep,
  goal: PlanDraft.shape.goal,
  user_message: z.string(),
  time_zone: TimeZone.catch("UTC"),
  earlier_results: z.array(z.object({ step_number: z.int(), result: StepResult.nullable() })),
  usage: Usage.nullable(),
  tool_calls_made: z.int(),
  messages: z.array(z.unknown().transform(parseMessage)),
  ...Calls,
});

export function parseClaim(data: unknown): ClaimedStep {
  return Claimed.parse(data);
}

const EventRow = z.object({
  run_id: z.uuid(),
  seq: z.int(),
  type: z.string(),
  at: z.string(),
  agent: AgentRef.nullable(),
  data: z.record(z.string(), JsonSchema),
  tainted: z.boolean().nullish(),
});

/** A row of `agent_run_events` as the event that was streamed. */
export function parseEvent(row: unknown): RunEvent {
  const { data, agent, at, tainted, ...head } = EventRow.parse(row);
  return RunEvent.parse({
    ...{ ...data, ...head, at: new Date(at).toISOString() },
    ...(agent && { agent }),
    ...(tainted && { tainted }),
  });
}

const Events = z.array(z.unknown().transform(parseEvent));

/** Several of them, in their order. */
export function parseEvents(rows: unknown): RunEvent[] {
  return Events.parse(rows);
}

/** One of them; null for a row that is no event. */
export function readableEvent(row: unknown): RunEvent | null {
  try {
    return parseEvent(row);
  } catch (error) {
    if (isUnreadable(error)) return null;
    throw error;
  }
}

/** A row has another form than ours, or more levels than the stack has for reading them one by one. */
function isUnreadable(error: unknown): boolean {
  return error instanceof z.ZodError || error instanceof RangeError;
}

const Execution = {
  attempt: z.int(),
  status: z.enum(["running", "completed", "partial", "needs_input", "failed", "skipped", "cancelled"]),
  result: StepResult.nullable(),
  error: z.string().nullable(),
};

const HistoryMessage = z.object({ role: z.enum(["user", "assistant"]), content: z.string() });
const Owned = z.object({
  reserved: Reserved,
  run_id: z.uuid(),
  generation: z.int(),
  session_id: z.uuid(),
  agent_id: z.uuid(),
  thread_id: z.uuid(),
  message: z.string(),
  time_zone: TimeZone.catch("UTC"),
  worked_ms: z.int(),
  cancel_requested: z.boolean(),
  usage: Usage.nullable(),
  opening: z.object({
    summary: z.string().nullable(),
    history: z.array(HistoryMessage),
    history_cut: z.boolean(),
    overview: JsonSchema,
    entity: JsonSchema,
    shown_rows: ShownRows,
  }).nullable(),
  history: z.array(HistoryMessage),
  summary_due: z.number().nullable(),
  messages: z.array(z.unknown().transform(parseMessage)),
  ...Calls,
  events: z.array(z.unknown().transform(parseEvent)),
  last_seq: z.int(),
  last_text: z.object({ part: z.int(), message_id: z.uuid() }).nullable(),
  plans: z.array(Plan),
  steps: z.array(z.object({ plan_id: z.uuid(), step_number: z.int(), ...Execution })),
});

/** A run as `claim_run` hands it over. Errors: UnreadableRun, where its user wrote rows of it that are none of ours. */
export function parseOwned(data: unknown): OwnedRun {
  try {
    return Owned.parse(data);
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    throw new UnreadableRun(Owned.pick({ generation: true }).parse(data).generation, error);
  }
}

const Existing = z.object({ existing: z.literal(true), run_id: z.uuid(), session_id: z.uuid() });
const Started = Owned.extend({ existing: z.literal(false) });
const Start = z.discriminatedUnion("existing", [Existing, Started]);

export function parseStart(data: unknown): StartedRun | ExistingRun {
  return Start.parse(data);
}

const UnsummarisedRow = z.object({
  number: z.int(),
  summary: z.string().nullable(),
  messages: z.array(HistoryMessage.extend({ seq: z.int(), changed: JsonSchema })),
  last_seq: z.int(),
});

/** What the next summary is made of, as `unsummarised` reads it. */
export function parseUnsummarised(data: unknown): Unsummarised {
  return UnsummarisedRow.parse(data);
}

const View = z.object({
  ...Execution,
  usage: Usage.nullable(),
  duration_ms: z.int().nullable(),
  executor_agent_id: z.uuid().nullable(),
  lease_expired: z.boolean(),
  released: z.boolean(),
  answered: z.boolean(),
  awaiting: z.boolean(),
  tool_calls: z.array(Call.extend({ error: z.string().nullable() })),
  open_calls: Calls.open_calls,
});

/** A step as `get_step` shows it. */
export function parseStepView(data: unknown): StepView {
  return View.parse(data);
}

const Verdict = z.object({
  status: z.enum(["approved", "awaiting_approval", "executing", "succeeded", "failed", "rejected"]),
  why: z.array(Why).nullable().transform((why) => why ?? []),
  expires_at: z.string().nullable(),
  remember: z.string().nullable(),
  arguments_sha256: z.string(),
  result: ToolOutcome.nullable(),
});

/** Said where it is so. */
const Cancelled = { cancelled: z.literal(true).optional() };

const HeardReserved = Reserved.extend(Cancelled);

/** What `reserve_usage` and `advance_step` answer. */
export function parseReserved(data: unknown): ReservedCall & Heard {
  return HeardReserved.parse(data);
}

const Written = z.object({
  verdicts: z.record(z.uuid(), Verdict).default({}),
  tainted_from: z.int().optional(),
  ...Cancelled,
});

/** What `record_progress` and `record_step` answer: null where there is nothing to tell. */
export function parseRecorded(data: unknown): Recorded {
  return Written.parse(data ?? {});
}
