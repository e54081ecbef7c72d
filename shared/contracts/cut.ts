// What of a prompt was not sent as it is, because the prompt's budget has no room for it.
import type { Json } from "./text.ts";

/** One thing that was cut, from so many characters to so many; 0 where nothing of it was sent. */
export interface Cut {
  what: "history" | "summary" | "overview" | "earlier_results" | "result" | "text" | "arguments" | "call";
  /** On a model call: the message of the thread that was sent so. Without it, the row itself holds what is left. */
  seq?: number;
  /** Which of that message's calls. */
  call?: string;
  from: number;
  to: number;
}

/** A cut where two forms of a value differ, or none. Values count as the JSON that is sent. */
export function cutOf(what: Cut["what"], whole: Json, sent: Json): Cut[] {
  const [before, after] = [asSent(whole), asSent(sent)];
  return before === after ? [] : [{ what, from: before.length, to: after.length }];
}

function asSent(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
