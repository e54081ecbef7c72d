// What callers may send. Unknown keys are errors, so that a misspelt option is never silently ignored.
import { z } from "zod";
import { StepNumber } from "./plan.ts";
import { cleanText } from "./text.ts";
import { TimeZone } from "./time_zone.ts";

export const MAX_MESSAGE_CHARS = 16_000;
export const MAX_BODY_BYTES = 256 * 1024;
/** Other people's clients send the whole conversation with each message, of which only the newest is read. */
export const MAX_HISTORY_BYTES = 4 * 1024 * 1024;

/** The contexts of every domain: the message is about no row in particular. */
export const GENERAL_CONTEXTS: readonly string[] = ["general", "global"];

/** Text as it is stored: what it has to be, it has to be once it is cleaned. */
const Text = z.string().transform(cleanText);

const EMPTY = { error: "must not be empty" };

const Message = Text.pipe(
  z.string()
    .max(MAX_MESSAGE_CHARS, { error: `must have at most ${MAX_MESSAGE_CHARS} characters` })
    .refine((text) => text.trim() !== "", EMPTY),
);

/** The id of a row of the domain's, in whatever form its column has. */
const EntityId = Text.pipe(z.string().min(1, EMPTY).max(200));

const RequestKey = Text.pipe(z.string().trim().min(1, EMPTY).max(200));

/**
 * An id that a client has chosen for a conversation, or that of the session itself. It is not cleaned, because two ids
 * would become one, and it can stand in a path.
 */
export const ClientId = z.string().min(1, EMPTY).max(200)
  .refine((id) => !/\p{Cc}/u.test(id) && id.isWellFormed(), {
    error: "must have no control characters or broken ones",
  })
  .refine((id) => id !== "." && id !== "..", { error: "must not be . or .., which can't stand in a path" });

/** An id that a client has for the message. What comes under one that was there takes its place for that client. */
const ClientMessageId = Text.pipe(z.string().min(1, EMPTY).max(80));

const ChatBody = z.strictObject({
  session_id: z.uuid().optional(),
  client_id: ClientId.optional(),
  client_message_id: ClientMessageId.optional(),
  message: Message,
  /** Left out, the conversation stays about what it began with. */
  context_type: z.string().optional(),
  entity_id: EntityId.optional(),
  time_zone: TimeZone.default("UTC"),
  request_key: RequestKey.optional(),
  stream: z.boolean().default(true),
});

/** The body of `POST /agent-planner` for a domain with these contexts. */
export function chatRequest(contexts: readonly string[]) {
  return ChatBody.superRefine((body, { addIssue }) => {
    const problem = sessionProblem(body) ?? contextProblem(body, contexts);
    if (problem) addIssue({ code: "custom", path: [problem.field], message: problem.message });
  });
}

export type ChatRequest = z.output<ReturnType<typeof chatRequest>>;
/** As a caller writes it: what has a default may be left out. */
export type ChatRequestInput = z.input<typeof ChatBody>;

interface Problem {
  field: keyof z.output<typeof ChatBody>;
  message: string;
}

function sessionProblem({ session_id, client_id }: z.output<typeof ChatBody>): Problem | undefined {
  return session_id === undefined || client_id === undefined
    ? undefined
    : { field: "client_id", message: "must be left out beside session_id" };
}

function contextProblem(
  { context_type, entity_id }: z.output<typeof ChatBody>,
  contexts: readonly string[],
): Problem | undefined {
  if (context_type === undefined) {
    return entity_id === undefined
      ? undefined
      : { field: "context_type", message: "is required beside entity_id" };
  }
  if (GENERAL_CONTEXTS.includes(context_type)) {
    return entity_id === undefined
      ? undefined
      : { field: "entity_id", message: `must be left out where context_type is ${context_type}` };
  }
  if (!contexts.includes(context_type)) {
    return {
      field: "context_type",
      message: `must be one of ${[...GENERAL_CONTEXTS, ...contexts].join(", ")}`,
    };
  }
  return entity_id === undefined
    ? { field: "entity_id", message: "is required when context_type names a kind of entity" }
    : undefined;
}

/** The body of `POST /agent-executor`: the task itself is read from the database. */
export const StepRequest = z.strictObject({
  plan_id: z.uuid(),
  step_number: StepNumber,
});
export type StepRequest = z.infer<typeof StepRequest>;
