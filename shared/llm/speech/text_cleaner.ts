// Cleans streamed text before anyone sees or stores it: control characters go, and a character whose two
// halves (a surrogate pair) arrive in two deltas is put together again.

// deno-lint-ignore no-control-regex -- these characters are what this is for
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

export interface TextCleaner {
  /** The part of this delta, and of what was kept back before it, that may go on. */
  push(delta: string): string;
  /** What was kept back to the end; half a character becomes U+FFFD. */
  flush(): string;
  /** Whether something is kept back. */
  readonly waits: boolean;
}

/** A text in which there is nothing to clean has none of these, nor half of a character. */
export const MAY_NEED_CLEANING = String.raw`\u0000-\u0008\u000b-\u001f\u007f\ud800-\udfff`;

/** A cleaner for one text. Only newline and tab survive of the control characters. */
export function createTextCleaner(): TextCleaner {
  let carry = "";
  return {
    get waits() {
      return carry !== "";
    },
    push(delta) {
      let text = carry + delta.replace(CONTROLS, "");
      carry = "";
      if (endsInHighSurrogate(text)) {
        carry = text.slice(-1);
        text = text.slice(0, -1);
      }
      return text.toWellFormed();
    },
    flush() {
      const rest = carry.toWellFormed();
      carry = "";
      return rest;
    },
  };
}

function endsInHighSurrogate(text: string): boolean {
  const last = text.charCodeAt(text.length - 1);
  return last >= 0xd800 && last <= 0xdbff;
}
