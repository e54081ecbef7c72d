// A prompt as the brain sees it: who it is, what is asked, which tools were called and what they said.
import { z } from "zod";
import { type Json, JsonSchema } from "../../../shared/contracts/text.ts";
import type { Message } from "../request.ts";
import { type Facts, factsIn } from "./facts.ts";
import { splitJson } from "./json.ts";
import { fromWallClock } from "./when.ts";

export interface Prompt {
  messages: Message[];
  tools: { name: string }[];
  /** Milliseconds since the epoch, for prompts that do not tell the time. */
  now: number;
}

/** What the brain says, and the tools that it calls. */
export interface Thought {
  text: string;
  calls: Call[];
}

export interface Call {
  name: string;
  arguments: { [key: string]: Json };
}

/** A call of an earlier turn. Without an outcome it was never answered. */
export interface PastCall extends Call {
  /** What it was made with: its arguments, or those that the user has put in their place. */
  used: Call["arguments"];
  outcome?: Outcome;
}

export interface Outcome {
  ok: boolean;
  /** The user was asked, and said no. */
  declined: boolean;
  /** The user was asked, and put other arguments in the place of the model's. */
  edited: boolean;
  message: string;
  values: Json[];
  facts: Facts;
}

export interface Conversation {
  tools: ReadonlySet<string>;
  /** What is asked for, by the user or by a step's task, in plain words; with the answer to a question behind it. */
  request: string;
  /** An answer to a question that was handed in with `needs_input`. */
  answer: string | undefined;
  calls: PastCall[];
  /** Everything known from the request and from tool results. */
  facts: Facts;
  now: Date;
  time_zone: string;
  /** All prose that is not the model's own, for looking up what was said on the side. */
  background: string;
}

/**
 * Reads a prompt. A step's thread starts with its task. In a chat, the request is the last thing that the user
 * said before the first tool call: whatever speaks as the user after that only tells of a limit.
 */
export function readPrompt(prompt: Prompt): Conversation {
  const { messages } = prompt;
  const tools = new Set(prompt.tools.map((tool) => tool.name));
  const firstCall = messages.findIndex((message) => (message.tool_calls ?? []).length > 0);
  const before = firstCall < 0 ? messages : messages.slice(0, firstCall);
  const at = tools.has("submit_result")
    ? messages.findIndex((message) => message.role === "user")
    : before.findLastIndex((message) => message.role === "user");
  const question = messages.findIndex(asksForInput);
  const asked = splitJson(messages[at]?.content ?? "");
  const answer = question < 0 ? undefined : answerAfter(messages.slice(question + 1));
  const calls = pastCalls(messages.slice(at + 1));
  const background = messages.filter((message) => message.role !== "assistant" && message.role !== "tool")
    .map((message) => message.content).join("\n");
  const time_zone = zoneTold(background) ?? "UTC";
  return {
    tools,
    request: [requestIn(asked.prose), answer ?? ""].join("\n").trim(),
    answer,
    calls,
    facts: factsIn([...asked.values, ...calls.flatMap((call) => call.outcome?.values ?? [])]),
    now: timeTold(background, time_zone) ?? new Date(prompt.now),
    time_zone,
    background,
  };
}

/** The answered calls of one tool. */
export function callsOf(conversation: Conversation, name: string): PastCall[] {
  return conversation.calls.filter((call) => call.name === name);
}

/** The outcomes of one tool that were no failures. */
export function successesOf(conversation: Conversation, name: string): Outcome[] {
  return callsOf(conversation, name).flatMap(({ outcome }) => outcome?.ok === true ? [outcome] : []);
}

/** The task alone where a step's prompt names it, else everything but the JSON and the time. */
function requestIn(prose: string): string {
  const task = /^\s*task:\s*(.+)$/im.exec(prose)?.[1];
  if (task !== undefined) return task;
  return prose.replace(/<\/?\w+>/g, "").split("\n").filter((line) =>
    !/^\W*(?:now|today)\b.*\d{4}/i.test(line)
  ).join("\n").trim();
}

function answerAfter(messages: readonly Message[]): string | undefined {
  const replies = messages.filter((message) => message.role === "user" || message.role === "tool");
  return (replies.find((message) => message.role === "user") ?? replies.at(-1))?.content;
}

const Arguments = z.record(z.string(), JsonSchema);

function pastCalls(messages: readonly Message[]): PastCall[] {
  const results = new Map(messages.map((message) => [message.tool_call_id, message.content]));
  return messages.flatMap((message) => message.tool_calls ?? []).map((call) => {
    const result = results.get(call.id);
    const parsed = Arguments.safeParse(splitJson(call.function.arguments).values[0]);
    const asked = parsed.data ?? {};
    const outcome = result === undefined ? undefined : readOutcome(result);
    return {
      name: call.function.name,
      arguments: asked,
      used: outcome?.edited ? usedIn(outcome.values) ?? {} : asked,
      outcome,
    };
  });
}

const Envelope = z.looseObject({
  ok: z.boolean(),
  error: z.string().optional(),
  message: z.string().optional(),
});

function readOutcome(content: string): Outcome {
  const { values, prose } = splitJson(content);
  const envelope = Envelope.safeParse(values[0]);
  const ok = envelope.data?.ok ?? /"ok"\s*:\s*false/.test(content) === false;
  const declined = envelope.data?.error === "rejected";
  const edited = usedIn(values) !== undefined;
  const message = envelope.data?.message ?? prose.trim();
  return { ok, declined, edited, message, values, facts: factsIn(values) };
}

/** What the user has put in the place of a call's arguments. */
function usedIn([envelope]: readonly Json[]): Call["arguments"] | undefined {
  return z.object({ arguments_used: Arguments }).safeParse(envelope).data?.arguments_used;
}

function asksForInput(message: Message): boolean {
  return (message.tool_calls ?? []).some((call) =>
    call.function.name === "submit_result" && call.function.arguments.includes("needs_input")
  );
}

const TIME = /(20\d\d-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?/;

/** The time that a prompt tells, as in "Now: 2026-11-22T10:00Z"; without an offset it is the user's own. */
function timeTold(text: string, time_zone: string): Date | undefined {
  const line = text.split("\n").find((line) => /\b(?:now|today|current)\b/i.test(line) && TIME.test(line));
  const [, day, time = "09:00", zone] = TIME.exec(line ?? "") ?? [];
  if (day === undefined) return undefined;
  const told = new Date(`${day}T${time}:00${zone ?? "Z"}`);
  return zone === undefined ? fromWallClock(told, time_zone) : told;
}

function zoneTold(text: string): string | undefined {
  const names = text.match(
    /\b(?:Africa|America|Antarctica|Asia|Atlantic|Australia|Europe|Indian|Pacific)\/[\w/+-]+/g,
  );
  return names?.find((name) => {
    try {
      return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
    } catch {
      return false;
    }
  });
}
