// Rows that come or go above those in view move nothing: the first row in view stays where it is.
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

export function useAnchor(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly { id: string }[],
  row_px: number,
): void {
  const first = useRef<{ id: string; index: number } | null>(null);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const was = first.current;
    const now = was === null ? -1 : rows.findIndex(({ id }) => id === was.id);
    if (was !== null && now >= 0 && now !== was.index) element.scrollTop += (now - was.index) * row_px;
    const note = () => {
      const index = Math.floor(element.scrollTop / row_px);
      const row = rows[index];
      // Who is at the top sees what comes.
      first.current = row && element.scrollTop > 0 ? { id: row.id, index } : null;
    };
    note();
    element.addEventListener("scroll", note, { passive: true });
    return () => element.removeEventListener("scroll", note);
  }, [rows, row_px]);
}
