// What a run under way has no row for yet is selected by a name of its own; once the rows are there, its row is.
import { useEffect, useRef } from "preact/hooks";
import { type Span, spanTitle } from "./span.ts";

export function useSameRow(
  spans: readonly Span[],
  selected: Span | null,
  id: string,
  select: (id: string) => void,
): void {
  const title = useRef("");
  if (selected) title.current = spanTitle(selected);
  useEffect(() => {
    if (selected || !id.startsWith("live:") || title.current === "") return;
    const same = spans.find((span) => spanTitle(span) === title.current);
    if (same) select(same.id);
  }, [spans]);
}
