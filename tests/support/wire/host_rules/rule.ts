// A host's rule about the body of a request, and parts that several hosts' rules share.
import type { WireBody } from "../../../../shared/llm/sending/to_wire.ts";
import type { WireMessage, WireToolCall } from "../../../../shared/llm/sending/wire_messages.ts";

export interface HostRule {
  /** Who refuses what, in a few words. */
  who: string;
  /** The models that the rule is about: the id, and what LLM_BASE_URL or LLM_HOST says. */
  models: readonly (readonly [id: string, at: string])[];
  /** What the host refuses of a body, in words; nothing where it takes it. */
  refuses(body: WireBody): Iterable<string>;
}

export type Assistant = Extract<WireMessage, { role: "assistant" }>;

export function assistants({ messages }: WireBody): Assistant[] {
  return messages.filter((message) => message.role === "assistant");
}

export function callsOf(body: WireBody): WireToolCall[] {
  return assistants(body).flatMap(({ tool_calls }) => tool_calls ?? []);
}

/** Fields that are not among the known ones. */
export function* unknownFields(body: object, known: readonly string[]): Generator<string> {
  for (const name of Object.keys(body)) if (!known.includes(name)) yield `does not know the field ${name}`;
}

/** The fields that every host knows. */
export const COMMON = ["model", "messages", "tools", "tool_choice", "max_tokens", "temperature", "stream"];

export function* anyTemperature(body: WireBody): Generator<string> {
  if ("temperature" in body && body.temperature !== 1) yield `takes no temperature ${body.temperature}`;
}

/** Tools beside a history with calls, and nothing empty: Claude's own API and Amazon's. */
export function* claudeHistory(body: WireBody): Generator<string> {
  if (callsOf(body).length > 0 && (body.tools ?? []).length === 0) {
    yield "wants tools beside a history with calls";
  }
  for (const [i, { content }] of body.messages.entries()) {
    if (content !== null && content.trim() === "") yield `wants text in message ${i}`;
  }
}

/** The user first, from there turns, and no user's message right behind a result. */
export function* turns({ messages }: WireBody): Generator<string> {
  const roles = messages.filter(({ role }) => role !== "system").map(({ role }) => role);
  if (roles[0] !== "user") yield `wants the user first, not ${roles[0]}`;
  for (const [i, role] of roles.entries()) {
    const before = roles[i - 1];
    if (role !== "tool" && role === before) yield `wants turns, not two messages of the ${role}'s`;
    if (role === "user" && before === "tool") yield "wants no user's message right behind a result";
  }
}

/** A model that thinks where nothing tells it not to; `told` is the way to. */
export function* thinksUnless(
  body: WireBody,
  told: (body: Record<string, unknown>) => unknown,
): Generator<string> {
  if (!told(body)) yield "thinks, because nothing tells it not to";
}

/** What one field inside another says, by its path. */
export function at(body: Record<string, unknown>, ...path: string[]): unknown {
  return path.reduce<unknown>((value, name) => Object(value)[name], body);
}
