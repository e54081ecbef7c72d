// What the SQL functions return, parsed once.
import { z } from "zod";
import type { ClaimedStep, ExistingRun, StartedRun, StoredMessage } from "../agents/records.ts";
import { AgentRef, RunEvent } from "../contracts/events.ts";
import type { ModelMessage } from "../contracts/model.ts";
import { PlanDraft, PlanStep, StepResult } from "../contracts/plan.ts";
import { TimeZone } from "../contracts/request.ts";

const Existing = z.object({ existing: z.literal(true), run_id: z.uuid(), session_id: z.uuid() });
const Started = z.object({
  existing: z.literal(false),
  run_id: z.uuid(),
  session_id: z.uuid(),
  user_message_id: z.uuid(),
  agent_id: z.uuid(),
  thread_id: z.uuid(),
  at: z.iso.datetime(),
  history: z.array(z.object({ role: z.enum(["user", "assistant"]), content: z.string() })),
  overview: z.json(),
  entity: z.json(),
  summary: z.string().nullable(),
});

export function parseStart(data: unknown): StartedRun | ExistingRun {
  return z.discriminatedUnion("existing", [Existing, Started]).parse(data);
}

const ToolCall = z.object({ id: z.string(), name: z.string(), arguments: z.string() });
const Message = z.object({
  seq: z.int(),
  sender_type: z.enum(["system", "user", "planner", "executor", "tool"]),
  role: z.enum(["system", "user", "assistant", "tool"]),
  content: z.string(),
  tool_calls: z.array(ToolCall).nullable(),
  tool_call_id: z.string().nullable(),
  reasoning: z.string().nullable(),
});

/** A row of `agent_chat_messages` as the message that went to the model or came from it. */
export function parseMessage(row: unknown): StoredMessage {
  const { seq, sender_type: sender, ...rest } = Message.parse(row);
  return { seq, sender, message: modelMessage(rest) };
}

function modelMessage(row: Omit<z.infer<typeof Message>, "seq" | "sender_type">): ModelMessage {
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
      };
    case "tool":
      return { role, content, tool_call_id: row.tool_call_id ?? "" };
  }
}

const Claimed = z.object({
  execution_id: z.uuid(),
  attempt: z.int(),
  run_id: z.uuid(),
  session_id: z.uuid(),
  agent_id: z.uuid(),
  thread_id: z.uuid(),
  step: PlanStep,
  goal: PlanDraft.shape.goal,
  user_message: z.string(),
  time_zone: TimeZone.catch("UTC"),
  earlier_results: z.array(z.object({ step_number: z.int(), result: StepResult.nullable() })),
  messages: z.array(z.unknown()),
});

export function parseClaim(data: unknown): ClaimedStep {
  const claimed = Claimed.parse(data);
  return { ...claimed, messages: claimed.messages.map(parseMessage) };
}

const EventRow = z.object({
  run_id: z.uuid(),
  seq: z.int(),
  type: z.string(),
  at: z.string(),
  agent: AgentRef.nullable(),
  data: z.record(z.string(), z.json()),
});

/** A row of `agent_run_events` as the event that was streamed. */
export function parseEvent(row: unknown): RunEvent {
  const { data, agent, at, ...head } = EventRow.parse(row);
  return RunEvent.parse({ ...data, ...head, at: new Date(at).toISOString(), ...(agent && { agent }) });
}
