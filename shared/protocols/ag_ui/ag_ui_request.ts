// What `HttpAgent` sends: a turn, or a person's answers to interrupts. Tools, context and state of the client's are not
// read: tools that run in the browser are not supported.
import { z } from "zod";
import { ClientId } from "../../contracts/request.ts";
import { ClientDecision } from "../client_decision.ts";
import { newestUserMessage, TurnExtras } from "../client_turn.ts";
import { AG_UI_KEY } from "./client_ids.ts";
import { type Held, heldIn } from "./held.ts";
import { InterruptAnswer } from "./interrupts.ts";

interface Named {
  thread_id: string;
  /** The client's own id for its run. */
  run_id: string;
  /** What the client has of the messages that it may be sent again. */
  held: Held;
}

export interface AgUiTurn extends Named {
  kind: "turn";
  message: string;
  request_key: string;
  extras: TurnExtras;
}

export interface AgUiDecisions extends Named {
  kind: "decisions";
  decisions: ClientDecision[];
  /**
   * What the user says besides. The client keeps interrupts whose run has failed, and sends them with its user's next
   * message: where nothing is open any more, that message is what counts.
   */
  turn: AgUiTurn | null;
}

const Resume = z.object({
  interruptId: z.uuid({ error: "must be the id of an interrupt" }),
  status: z.enum(["resolved", "cancelled"]),
  payload: z.unknown().optional(),
});

const Input = z.object({
  threadId: ClientId,
  /** Stands in a `request_key`, which has a bound. */
  runId: z.string().min(1, { error: "must not be empty" }).max(190),
  messages: z.array(z.unknown()),
  forwardedProps: z.preprocess((value) => isObject(value) ? value : {}, TurnExtras),
  resume: z.array(Resume).nullish(),
});

const Content = z.object({
  content: z.union([
    z.string().transform((text) => [{ type: "text", text }]),
    z.array(z.object({ type: z.string(), text: z.string().optional() })),
  ]),
});

type Refuse = (path: PropertyKey[], message: string) => never;

/** The body of `POST /ag-ui`, as what it asks for. */
export const AgUiRequest = Input.transform((input, { addIssue }): AgUiTurn | AgUiDecisions => {
  const refuse = (path: PropertyKey[], message: string): never => {
    addIssue({ code: "custom", path, message });
    return z.NEVER;
  };
  const { messages, resume } = input;
  const newest = newestUserMessage(messages);
  if (!resume || resume.length === 0) {
    return newest ? turnOf(input, newest, refuse) : refuse(["messages"], "must hold a message of the user's");
  }
  const decisions: ClientDecision[] = [];
  for (const [at, entry] of resume.entries()) {
    const decision = decisionOf(entry);
    if (!decision) return refuse(["resume", at, "payload"], "can't be read as an answer to an interrupt");
    decisions.push(decision);
  }
  const turn = newest?.at === messages.length - 1 ? turnOf(input, newest, refuse) : null;
  const held = heldIn(messages);
  return { kind: "decisions", thread_id: input.threadId, run_id: input.runId, decisions, turn, held };
});

function turnOf(
  { threadId: thread_id, runId: run_id, messages, forwardedProps: extras }: z.infer<typeof Input>,
  { at, message }: { at: number; message: unknown },
  refuse: Refuse,
): AgUiTurn {
  const path = ["messages", at, "content"];
  const parts = Content.safeParse(message).data?.content;
  if (!parts) return refuse(path, "must be text, or parts");
  const other = parts.findIndex(({ type }) => type !== "text");
  if (other >= 0) return refuse([...path, other], "is not text; only text can be sent");
  const text = parts.map(({ text = "" }) => text).join("\n");
  const request_key = `${AG_UI_KEY}${run_id}`;
  return { kind: "turn", thread_id, run_id, message: text, request_key, extras, held: heldIn(messages) };
}

/**
 * `approved` of an interrupt that was resolved says what was decided, and one that was cancelled is declined. What can't
 * be read is neither: a decision can't be taken back.
 */
function decisionOf({ interruptId, status, payload }: z.infer<typeof Resume>): ClientDecision | undefined {
  if (status === "cancelled") return ClientDecision.parse({ tool_call_id: interruptId, approved: false });
  const answer = InterruptAnswer.safeParse(payload).data;
  if (!answer) return undefined;
  const { approved, editedArgs, reason } = answer;
  return ClientDecision.safeParse({
    tool_call_id: interruptId,
    approved,
    ...(approved && editedArgs && { arguments: editedArgs }),
    ...(typeof reason === "string" && { reason }),
  }).data;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
