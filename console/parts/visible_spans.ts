// Which rows of a trace are shown: not those of a kind that is left out, nor what is folded away, nor, while something
// is looked for, what neither has it nor leads to it.
import { type CallKind, isContainer, type Span } from "./span.ts";

export interface Shown {
  spans: Span[];
  /** How many rows have what is looked for; null while nothing is. */
  found: number | null;
}

export interface Selection {
  hidden: ReadonlySet<CallKind>;
  folded: ReadonlySet<string>;
  /** What is looked for; empty for nothing. */
  find: string;
}

export function visibleSpans(spans: readonly Span[], { hidden, folded, find }: Selection): Shown {
  const kinds = new Set<string>(hidden);
  const shown = spans.filter((span) => !kinds.has(span.kind));
  const wanted = find.trim().toLowerCase();
  if (wanted === "") return { spans: unfolded(shown, folded), found: null };
  const parents = new Map(shown.map((span) => [span.id, span.parent]));
  const kept = new Set<string>();
  let found = 0;
  for (const span of shown) {
    if (!textOf(span).includes(wanted)) continue;
    found++;
    for (let id: string | null = span.id; id !== null && !kept.has(id); id = parents.get(id) ?? null) {
      kept.add(id);
    }
  }
  return { spans: shown.filter((span) => kept.has(span.id)), found };
}

/** The tree is in order, so what is folded away stands right behind what it is folded into. */
function unfolded(spans: readonly Span[], folded: ReadonlySet<string>): Span[] {
  if (folded.size === 0) return [...spans];
  let below = Infinity;
  return spans.filter((span) => {
    if (span.depth > below) return false;
    below = folded.has(span.id) && isContainer(span) ? span.depth : Infinity;
    return true;
  });
}

const texts = new WeakMap<Span, string>();

function textOf(span: Span): string {
  const known = texts.get(span);
  if (known !== undefined) return known;
  const text = [span.name, span.place, span.state.replaceAll("_", " "), ...rowWords(span)].join("\n")
    .toLowerCase();
  texts.set(span, text);
  return text;
}

function rowWords(span: Span): (string | null)[] {
  switch (span.kind) {
    case "model":
      return [span.row.model_asked, span.row.model_answered, span.row.failure, span.row.end_reason];
    case "read":
    case "write":
    case "hand_in":
    case "step":
      return [span.id, span.row.error];
    case "run":
    case "plan":
      return [span.id];
  }
}
