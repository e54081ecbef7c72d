// What callers may send. Unknown keys are errors, so that a misspelt option is never silently ignored.
import { z } from "zod";
import { StepNumber } from "./plan.ts";
import { cleanText } from "./text.ts";

export const MAX_MESSAGE_CHARS = 16_000;
export const MAX_BODY_BYTES = 256 * 1024;

export const ContextType = z.enum(["general", "project", "task", "note", "brain_dump", "calendar_event"]);
export type ContextType = z.infer<typeof ContextType>;

/** An IANA name that this runtime knows, such as `Europe/Berlin`. Postgres reads offsets with the other sign. */
export const TimeZone = z.string().max(64).refine(isTimeZone, {
  error: "must be an IANA time zone such as Europe/Berlin",
});

function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

const Message = z.string()
  .max(MAX_MESSAGE_CHARS, { error: `must have at most ${MAX_MESSAGE_CHARS} characters` })
  .transform(cleanText)
  .refine((text) => text.trim() !== "", { error: "must not be empty" });

/** The body of `POST /agent-planner`. */
export const ChatRequest = z.strictObject({
  session_id: z.uuid().optional(),
  message: Message,
  context_type: ContextType.default("general"),
  entity_id: z.uuid().optional(),
  time_zone: TimeZone.default("UTC"),
  request_key: z.string().trim().min(1).max(200).transform(cleanText).optional(),
  stream: z.boolean().default(true),
}).refine((body) => body.context_type === "general" || body.entity_id !== undefined, {
  error: "is required when context_type names a kind of entity",
  path: ["entity_id"],
});
export type ChatRequest = z.infer<typeof ChatRequest>;

/** The body of `POST /agent-executor`: the task itself is read from the database. */
export const StepRequest = z.strictObject({
  plan_id: z.uuid(),
  step_number: StepNumber,
});
export type StepRequest = z.infer<typeof StepRequest>;
