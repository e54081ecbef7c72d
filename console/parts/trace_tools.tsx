// Over the rows of a trace: which kinds of calls are shown, and what is looked for.
import { useMemo } from "preact/hooks";
import { SPAN_ICONS } from "./span_row.tsx";
import { CALL_KINDS, type CallKind, type Span } from "./span.ts";

interface TraceToolsProps {
  spans: Span[];
  hidden: ReadonlySet<CallKind>;
  find: string;
  /** How many rows have what is looked for; null while nothing is. */
  found: number | null;
  hide(kinds: ReadonlySet<CallKind>): void;
  look_for(words: string): void;
}

const NAMES: Readonly<Record<CallKind, string>> = {
  model: "Model",
  read: "Reads",
  write: "Writes",
  hand_in: "Hand-ins",
};

export function TraceTools({ spans, hidden, find, found, hide, look_for }: TraceToolsProps) {
  const counts = useMemo(() => {
    const by_kind = new Map<string, number>();
    for (const { kind } of spans) by_kind.set(kind, (by_kind.get(kind) ?? 0) + 1);
    return by_kind;
  }, [spans]);
  const toggle = (kind: CallKind) => {
    const next = new Set(hidden);
    if (!next.delete(kind)) next.add(kind);
    hide(next);
  };
  return (
    <div class="trace-tools">
      <div class="filters" role="group" aria-label="Rows that are shown">
        {CALL_KINDS.map((kind) => (
          <button
            type="button"
            key={kind}
            class="filter"
            aria-pressed={!hidden.has(kind)}
            onClick={() => toggle(kind)}
          >
            <span class={`swatch ${SPAN_ICONS[kind].tone}`} aria-hidden="true" />
            {NAMES[kind]} <span class="faint">{counts.get(kind) ?? 0}</span>
          </button>
        ))}
      </div>
      <span class="found muted small" role="status">
        {found === null ? "" : found === 1 ? "1 row" : `${found} rows`}
      </span>
      <input
        type="search"
        class="input small find"
        data-find
        placeholder="Find  /"
        aria-label="Find in the rows"
        value={find}
        onInput={({ currentTarget }) => look_for(currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && find !== "" && (event.preventDefault(), look_for(""))}
      />
    </div>
  );
}

/** In the address: kinds that are left out, by name; nothing for those that are from the start, `none` for none. */
export function readHidden(words: string | undefined): Set<CallKind> {
  if (words === undefined) return new Set(["hand_in"]);
  return new Set(CALL_KINDS.filter((kind) => words.split(",").includes(kind)));
}

export function writeHidden(hidden: ReadonlySet<CallKind>): string | undefined {
  if (hidden.size === 0) return "none";
  return hidden.size === 1 && hidden.has("hand_in") ? undefined : [...hidden].join(",");
}
