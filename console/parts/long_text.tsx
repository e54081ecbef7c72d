// Text as it is, folded where it is long.
import { useState } from "preact/hooks";
import { kilobytes } from "./kilobytes.ts";

const FOLDED_FROM = 4_096;

export function LongText({ text }: { text: string }) {
  const [whole, setWhole] = useState(false);
  const long = text.length > FOLDED_FROM;
  return (
    <div class="long-text">
      <p>{long && !whole ? `${text.slice(0, FOLDED_FROM).toWellFormed()} …` : text}</p>
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
