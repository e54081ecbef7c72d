// What keys do in a tree of rows, and where each row stands among its siblings.
import { isContainer, type Span } from "./span.ts";

export type Move =
  | { type: "select"; id: string }
  | { type: "fold"; id: string; folded: boolean }
  | { type: "detail" }
  | { type: "leave" };

type Key = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">;

/** What a key asks for; null for what is none of the tree's. */
export function treeKey(
  { key, ctrlKey, metaKey, altKey }: Key,
  spans: readonly Span[],
  index: number,
  folded: ReadonlySet<string>,
): Move | null {
  if (ctrlKey || metaKey || altKey || spans.length === 0) return null;
  const to = (at: number): Move | null => {
    const span = spans[Math.min(Math.max(at, 0), spans.length - 1)];
    return span ? { type: "select", id: span.id } : null;
  };
  const span = spans[index];
  switch (key) {
    case "ArrowDown":
    case "j":
      return to(index + 1);
    case "ArrowUp":
    case "k":
      return to(index - 1);
    case "PageDown":
      return to(index + PAGE);
    case "PageUp":
      return to(index - PAGE);
    case "Home":
      return to(0);
    case "End":
      return to(spans.length - 1);
    case "ArrowRight":
      if (!span || !isContainer(span)) return null;
      return folded.has(span.id) ? { type: "fold", id: span.id, folded: false } : to(index + 1);
    case "ArrowLeft":
      if (!span) return null;
      if (isContainer(span) && !folded.has(span.id)) return { type: "fold", id: span.id, folded: true };
      return span.parent === null ? null : { type: "select", id: span.parent };
    case "Enter":
      return span ? { type: "detail" } : to(0);
    case "Escape":
      return span ? { type: "leave" } : null;
    default:
      return null;
  }
}

const PAGE = 20;

/** For a screen reader: the how-manieth of how many. */
export function placesOf(spans: readonly Span[]): Map<string, { position: number; siblings: number }> {
  const siblings = new Map<string | null, number>();
  const places = new Map<string, { position: number; siblings: number }>();
  for (const span of spans) {
    const position = (siblings.get(span.parent) ?? 0) + 1;
    siblings.set(span.parent, position);
    places.set(span.id, { position, siblings: 0 });
  }
  for (const span of spans) {
    const place = places.get(span.id);
    if (place) place.siblings = siblings.get(span.parent) ?? 1;
  }
  return places;
}
