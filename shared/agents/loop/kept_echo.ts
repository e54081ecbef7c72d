// What a turn's host wants back with the message, made fit for the message's row. More than a row takes is left out
// whole: the host may refuse the next call for it, where a row that can't be stored would end the run for sure.
import type { FinishedTurn, ModelMessage } from "../../contracts/model.ts";
import { storableJson } from "../../contracts/storable_json.ts";
import { inStoredOrder, type Json } from "../../contracts/text.ts";

/** Characters of JSON in one turn, its calls included, and how deep it is nested. */
export const ECHO_LIMITS = { characters: 500_000, depth: 64 };

/** The turn with its echo as the database gives it back, or without one that is too large. */
export function withKeptEcho(turn: FinishedTurn): { turn: FinishedTurn; state: "kept" | "too large" } {
  const { echo, tool_calls, ...said } = turn;
  const parts = [echo?.fields ?? null, ...tool_calls.map((call) => call.extra_content ?? null)];
  if (parts.every((part) => part === null)) return { turn, state: "kept" };
  // Depth first: what comes after it calls itself for every level.
  const fits = !parts.some((part) => isDeeper(part, ECHO_LIMITS.depth)) &&
    JSON.stringify(parts).length <= ECHO_LIMITS.characters;
  const calls = tool_calls.map(({ extra_content, ...call }) => ({
    ...call,
    ...(fits && extra_content !== undefined && { extra_content: kept(extra_content) }),
  }));
  if (!fits) return { turn: { ...said, tool_calls: calls }, state: "too large" };
  const fields = Object.fromEntries(
    Object.entries(echo?.fields ?? {}).map(([name, value]) => [name, kept(value)]),
  );
  return {
    turn: { ...said, tool_calls: calls, ...(echo && { echo: { model: echo.model, fields } }) },
    state: "kept",
  };
}

const STRIPPED = new WeakMap<ModelMessage, ModelMessage>();

/**
 * The message without what a host may want back with it, which is nobody's to cut. The same object each time: what is
 * counted is known by it.
 */
export function withoutEcho(message: ModelMessage): ModelMessage {
  if (message.role !== "assistant") return message;
  const { echo, reasoning, tool_calls, ...said } = message;
  const signed = tool_calls?.some(({ extra_content }) => extra_content !== undefined);
  if (echo === undefined && reasoning === undefined && !signed) return message;
  const stripped: ModelMessage = STRIPPED.get(message) ?? {
    ...said,
    ...(tool_calls && { tool_calls: tool_calls.map(({ extra_content: _, ...call }) => call) }),
  };
  STRIPPED.set(message, stripped);
  return stripped;
}

/** As it is read again, so that what is sent is the same bytes whoever sends it. */
function kept(value: Json): Json {
  return inStoredOrder(storableJson(value));
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}
