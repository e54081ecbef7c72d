// JSON as the value of a header, which is short and has no letter beyond ASCII.
import { cleanText, type Json } from "../contracts/text.ts";

/** What names a row is shorter; a longer text is there to be read. */
const LONGEST = 200;

/** The value, with long texts cut. */
export function headerJson(value: Json): string {
  // What Postgres can't hold is no part of a name, and where a text is cut it may end in half a letter.
  const shorten = (text: string) => cleanText(text.slice(0, LONGEST));
  const short = JSON.stringify(value, (_key, one) => typeof one === "string" ? shorten(one) : one);
  return short.replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
