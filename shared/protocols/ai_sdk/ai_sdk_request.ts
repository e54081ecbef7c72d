// What `DefaultChatTransport` sends: a turn, or a person's answers to requests for approval. The log is the truth, and
// the client's history is not: only its newest message is read.
import { z } from "zod";
import { ClientId } from "../../contracts/request.ts";
import { ClientDecision } from "../client_decision.ts";
import { newestUserMessage, TurnExtras } from "../client_turn.ts";

export interface AiSdkTurn {
  kind: "turn";
  chat_id: string;
  message: string;
  message_id: string;
  /** The answer that is to be given anew; empty where the client names none; null for a new message. */
  again: string | null;
  extras: TurnExtras;
}

export interface AiSdkDecisions {
  kind: "decisions";
  chat_id: string;
  decisions: ClientDecision[];
}

/** Both stand in a `request_key`, which has a bound. */
const MessageId = z.string().max(80);

const Body = z.object({
  id: ClientId,
  messages: z.array(z.unknown()).min(1, { error: "must not be empty" }),
  trigger: z.enum(["submit-message", "regenerate-message"]).default("submit-message"),
  messageId: MessageId.nullish(),
  ...TurnExtras.shape,
});

const UserMessage = z.object({
  id: MessageId,
  parts: z.array(
    z.union([z.object({ type: z.literal("text"), text: z.string() }), z.object({ type: z.string() })]),
  ),
});

const ToolPart = z.object({
  state: z.literal("approval-responded"),
  approval: z.object({ id: z.uuid(), approved: z.boolean(), reason: z.string().nullish() }),
});

const AssistantMessage = z.object({
  role: z.literal("assistant"),
  parts: z.array(z.looseObject({ type: z.string(), state: z.unknown().optional() })),
});

type Refuse = (path: PropertyKey[], message: string) => never;

/** The body of `POST /ai-sdk`, as what it asks for. */
export const AiSdkRequest = Body.transform((body, { addIssue }): AiSdkTurn | AiSdkDecisions => {
  const refuse = (path: PropertyKey[], message: string): never => {
    addIssue({ code: "custom", path, message });
    return z.NEVER;
  };
  const { messages, trigger } = body;
  const newest = newestUserMessage(messages);
  if (trigger === "submit-message" && newest?.at !== messages.length - 1) return decisionsOf(body, refuse);
  return newest ? turnOf(body, newest, refuse) : refuse(["messages"], "must hold a message of the user's");
});

function decisionsOf({ id: chat_id, messages }: z.infer<typeof Body>, refuse: Refuse): AiSdkDecisions {
  const path = ["messages", messages.length - 1];
  const answers = AssistantMessage.safeParse(messages.at(-1)).data?.parts
    .map((part, at) => ({ part, at }))
    .filter(({ part: { type, state } }) =>
      /^(dynamic-tool$|tool-)/.test(type) && state === "approval-responded"
    );
  if (!answers || answers.length === 0) {
    return refuse(path, "must be the user's, or hold answers to requests for approval");
  }
  const decisions: ClientDecision[] = [];
  for (const { part, at } of answers) {
    const decision = decisionOf(part);
    if (!decision) return refuse([...path, "parts", at, "approval"], "can't be read as an answer");
    decisions.push(decision);
  }
  return { kind: "decisions", chat_id, decisions };
}

function turnOf(
  body: z.infer<typeof Body>,
  { at, message }: { at: number; message: unknown },
  refuse: Refuse,
): AiSdkTurn {
  const user = UserMessage.safeParse(message);
  if (!user.success) return refuse(["messages", at], "must have an id of at most 80 characters, and parts");
  const { id: message_id, parts } = user.data;
  const file = parts.findIndex(({ type }) => type === "file");
  if (file >= 0) return refuse(["messages", at, "parts", file], "is a file; only text can be sent");
  return {
    ...{ kind: "turn", chat_id: body.id, message_id },
    message: parts.flatMap((part) => "text" in part ? [part.text] : []).join("\n"),
    again: body.trigger === "regenerate-message" ? body.messageId ?? "" : null,
    extras: TurnExtras.parse(body),
  };
}

function decisionOf(part: unknown): ClientDecision | undefined {
  const answer = ToolPart.safeParse(part).data?.approval;
  if (!answer) return undefined;
  const { id, approved, reason } = answer;
  return ClientDecision.safeParse({ tool_call_id: id, approved, reason: reason ?? undefined }).data;
}

/**
 * The key of a turn: the same message sent again is the same run, the same id with another text is a new one, and so
 * is an answer that is asked for anew. Null where it is not named which answer: that is what every such request of a
 * client looks like, so that it is a repetition until its answer was read, and another order from then on.
 */
export async function aiSdkRequestKey(
  { message_id, message, again }: AiSdkTurn,
  sha256: (text: string) => Promise<string>,
): Promise<string | null> {
  if (again === "") return null;
  const key = `ai:${message_id}:${(await sha256(message)).slice(0, 16)}`;
  return again === null ? key : `${key}:after:${again}`;
}
