// The arguments of a finished tool call: JSON text from a model, which may be broken in every way. Broken
// ones are kept as they came, for the record, and never run.
import type { ModelToolCall } from "../contracts/model.ts";
import { cleanJson, cleanText, JsonSchema } from "../contracts/text.ts";
import { hasLeakedMarkup } from "./leaked_markup.ts";

/** The parsed arguments; none at all count as `{}`. `problem` is a sentence for the model. */
export function readArguments(raw: string): ModelToolCall["arguments"] {
  if (raw.trim() === "") return { ok: true, value: {} };
  if (hasLeakedMarkup(raw)) return broken(raw, "The arguments hold tool-call markup instead of values.");
  try {
    const value = JsonSchema.parse(JSON.parse(unfenced(raw)));
    return { ok: true, value: value === null ? {} : cleanJson(value) };
  } catch (thrown) {
    return broken(raw, `The arguments cannot be read as JSON: ${reason(thrown)}.`);
  }
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
  if (thrown instanceof RangeError) return "it is nested too deeply";
  return "it holds a value that JSON does not have";
}
