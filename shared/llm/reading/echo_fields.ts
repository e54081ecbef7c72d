// What a host hands out with a message and wants back with the history, gathered from the pieces of a stream.
//
// OpenRouter streams one entry of `reasoning_details` in many pieces; sent back in pieces they are refused, for a
// signature counts for the whole text (agno-agi/agno#8794). `index` is often 0 for every entry, so a piece belongs to
// the last entry of its type, until another type or a signature has ended that one
// (OpenRouterTeam/ai-sdk-provider#520). Gemini keeps its thought signatures in `extra_content`.
import type { Json, JsonObject } from "../../contracts/text.ts";
import { cleanJson } from "../../contracts/text.ts";
import { joinedJson } from "../calls/joined_json.ts";
import { type Fields, isDeeper, isFields, textIn } from "../wire/json_frame.ts";
import { LIMITS } from "../wire/wire_limits.ts";

export interface EchoFields {
  /** Takes what a delta has of them; null once there is more than a turn may have. */
  push(delta: Fields): "taken" | null;
  /** By the names of the wire; null where nothing came. */
  finish(): JsonObject | null;
}

type Entry = { [key: string]: Json };

/** The fields to echo of one message. */
export function createEchoFields(): EchoFields {
  const details: Entry[] = [];
  let has_details = false;
  let extra_content: Json | null = null;
  let size = 0;

  return {
    push(delta) {
      const { reasoning_details, extra_content: extra } = delta;
      if (Array.isArray(reasoning_details)) {
        has_details = true;
        for (const piece of reasoning_details) {
          if (!isFields(piece) || isDeeper(piece, LIMITS.depth)) continue;
          size += sizeOf(piece);
          addDetail(details, piece);
        }
      }
      if (isFields(extra) && !isDeeper(extra, LIMITS.depth)) {
        size += JSON.stringify(extra).length;
        extra_content = joinedJson(extra_content, extra);
      }
      return size > LIMITS.echo ? null : "taken";
    },
    finish() {
      const fields: JsonObject = {
        // An empty list goes back, too (OpenRouterTeam/ai-sdk-provider#487).
        ...(has_details ? { reasoning_details: cleanJson(details) } : {}),
        ...(extra_content === null ? {} : { extra_content: cleanJson(extra_content) }),
      };
      return Object.keys(fields).length === 0 ? null : fields;
    },
  };
}

function sizeOf({ text, summary, data }: Entry): number {
  return 100 + textIn(text).length + textIn(summary).length + textIn(data).length;
}

function addDetail(details: Entry[], piece: Entry): void {
  const text_field = TEXT_FIELDS[textIn(piece.type)];
  const target = text_field === undefined ? undefined : entryOf(details, piece, text_field);
  if (text_field === undefined || target === undefined) {
    const last = details.at(-1);
    // Some hosts send the same sealed entry with several frames.
    if (!last || JSON.stringify(last) !== JSON.stringify(piece)) details.push({ ...piece });
    return;
  }
  const text = textIn(target[text_field]) + textIn(piece[text_field]);
  for (const [key, value] of Object.entries(piece)) if (value !== null) target[key] = value;
  target[text_field] = text;
}

/** The field of an entry that comes in pieces, by the entry's type. Others come whole. */
const TEXT_FIELDS: Partial<Record<string, string>> = {
  "reasoning.text": "text",
  "reasoning.summary": "summary",
};

function entryOf(details: Entry[], piece: Entry, text_field: string): Entry | undefined {
  const fits = (entry: Entry | undefined) =>
    entry?.type === piece.type && (entry?.index ?? null) === (piece.index ?? null);
  // A signature may come after all text, with nothing but the index to tell whose it is.
  if (textIn(piece[text_field]) === "") return details.findLast(fits);
  const last = details.at(-1);
  return last && fits(last) && !last.signature ? last : undefined;
}
