// Content that is a list of parts instead of a text, in the forms in which hosts send it: Mistral's `thinking` among
// `text` (BerriAI/litellm#16272), OpenAI's `output_text` and `refusal`, Gemini's bare `{ text, thought }` and `parts`,
// lists inside of lists. Pictures, references and whatever else has no words are left out.
import type { Json } from "../../contracts/text.ts";
import { isFields, textIn } from "./json_frame.ts";

export interface Words {
  said: string;
  thought: string;
}

const THINKING_TYPE = /^(?:thinking|reasoning|thought|summary_text)/;

/** Deeper than any host nests. */
const LEVELS = 8;

/** What is said and what is thought in `content`, whatever its shape. */
export function readParts(content: Json | undefined, levels = LEVELS): Words {
  if (typeof content === "string") return { said: content, thought: "" };
  if (levels <= 0) return { said: "", thought: "" };
  if (Array.isArray(content)) return joined(content.map((part) => readParts(part, levels - 1)));
  if (!isFields(content)) return { said: "", thought: "" };
  const { type, text, thinking, reasoning, summary, refusal, parts, thought } = content;
  if (THINKING_TYPE.test(textIn(type)) || thought === true) {
    const inner = [thinking, reasoning, summary, text, content.content].find(hasWords);
    const { said, thought } = readParts(inner, levels - 1);
    return { said: "", thought: said + thought };
  }
  const kind = textIn(type);
  if (kind !== "" && !/text|refusal|message|content/.test(kind)) return { said: "", thought: "" };
  // `{ value }` is how OpenAI's assistants wrap a text.
  const inner = [text, refusal, parts, content.content, content.value].find(hasWords);
  return readParts(inner, levels - 1);
}

function hasWords(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== "";
}

function joined(parts: Words[]): Words {
  return {
    said: parts.map(({ said }) => said).join(""),
    thought: parts.map(({ thought }) => thought).join(""),
  };
}
