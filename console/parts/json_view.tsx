// A JSON value as text, in colours. A long one is folded: more than a few kilobytes at once help nobody.
import { useMemo, useState } from "preact/hooks";
import { kilobytes } from "./kilobytes.ts";
import { jsonTokens } from "./json_tokens.ts";

/** Beyond this it is folded, and beyond that it comes without colours. */
const FOLDED_FROM = 4_096;
const PLAIN_FROM = 65_536;

const TONES = { key: "read", text: "", value: "model" } as const;

export function JsonView({ value, label }: { value: unknown; label: string }) {
  const text = useMemo(() => JSON.stringify(value, null, 2) ?? "nothing", [value]);
  const [whole, setWhole] = useState(false);
  const long = text.length > FOLDED_FROM;
  const shown = long && !whole ? head(text) : text;
  return (
    <div class="json">
      <pre tabIndex={0} aria-label={label}>
        {shown.length > PLAIN_FROM
          ? shown
          : jsonTokens(shown).map(({ text, kind }, index) =>
            kind === "" ? text : <span key={index} class={TONES[kind]}>{text}</span>
          )}
      </pre>
      {long && (
        <button
          type="button"
          class="button small"
          aria-expanded={whole}
          onClick={() => setWhole(!whole)}
        >
          {whole ? "Show less" : `Show all ${kilobytes(text.length)}`}
        </button>
      )}
    </div>
  );
}

/** Whole lines where lines are short. */
function head(text: string): string {
  const cut = text.slice(0, FOLDED_FROM).toWellFormed();
  const line = cut.lastIndexOf("\n");
  return `${line > FOLDED_FROM / 2 ? cut.slice(0, line) : cut}\n…`;
}
