// The arguments of a finished tool call: JSON text from a model, which may be broken in every way. Broken
// ones are kept as they came, for the record, and never run.
import type { ModelToolCall } from "../contracts/model.ts";
import { cleanJson, cleanText, JsonSchema } from "../contracts/text.ts";
import { hasLeakedMarkup } from "./leaked_markup.ts";
import { LIMITS } from "./wire_limits.ts";

/** The parsed arguments; none at all count as `{}`. `problem` is a sentence for the model. */
export function readArguments(raw: string): ModelToolCall["arguments"] {
  if (raw.trim() === "") return { ok: true, value: {} };
  if (hasLeakedMarkup(raw)) return broken(raw, "The arguments hold tool-call markup instead of values.");
  try {
    const parsed: unknown = JSON.parse(unfenced(raw));
    // Before anything that calls itself for every level: where the stack ends depends on who asks.
    if (isDeeper(parsed, LIMITS.depth)) {
      return broken(
        raw,
        `The arguments cannot be read as JSON: they are nested more than ${LIMITS.depth} deep.`,
      );
    }
    const value = JsonSchema.parse(parsed);
    return { ok: true, value: value === null ? {} : cleanJson(value) };
  } catch (thrown) {
    return broken(raw, `The arguments cannot be read as JSON: ${reason(thrown)}.`);
  }
}

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeper(inner, levels - 1));
}

function broken(raw: string, problem: string): ModelToolCall["arguments"] {
  return { ok: false, raw: cleanText(raw), problem };
}

/** Some models put JSON into a Markdown fence. */
function unfenced(raw: string): string {
  return /^\s*```(?:json)?\s*([^]*?)\s*```\s*$/.exec(raw)?.[1] ?? raw;
}

function reason(thrown: unknown): string {
  if (thrown instanceof SyntaxError) return cleanText(thrown.message);
  return "it holds a value that JSON does not have";
}
