// Which rows of a scrolled list stand in the page. A scroll that shows no other rows draws nothing.
import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { type Range, virtualRange } from "./virtual_range.ts";

export function useVirtualRows(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  row_px: number,
): Range {
  const [range, setRange] = useState<Range>({ from: 0, to: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const read = () => {
      const next = virtualRange({ count, row_px, top: element.scrollTop, height: element.clientHeight });
      setRange((now) => now.from === next.from && now.to === next.to ? now : next);
    };
    read();
    element.addEventListener("scroll", read, { passive: true });
    const observer = new ResizeObserver(read);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", read);
      observer.disconnect();
    };
  }, [count, row_px]);
  return range;
}
