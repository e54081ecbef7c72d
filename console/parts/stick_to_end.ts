// Keeps the end of a growing page in view, until its reader moves away from it.
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

/** So near to the end, its reader means to be there. */
const NEAR = 64;
const UP_KEYS = ["ArrowUp", "PageUp", "Home"];

export interface Stick {
  /** There is something new below what is in view. */
  behind: boolean;
  /** Goes to the end and holds on to it. */
  hold: () => void;
}

/** `grown` is another value whenever there may be more; `first` names what stands first, so that older things may come
 * before it without moving what is read. */
export function useStickToEnd(box: RefObject<HTMLElement | null>, grown: unknown, first: string): Stick {
  const holds = useRef(true);
  const height = useRef(0);
  const seen = useRef(0);
  const before = useRef(first);
  const [behind, setBehind] = useState(false);

  const toEnd = () => {
    if (box.current) box.current.scrollTop = box.current.scrollHeight;
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    if (holds.current) toEnd();
    else if (before.current !== first) {
      // The browser may have kept what is in view in its place already, or not, as at the very top.
      element.style.overflowAnchor = "none";
      element.scrollTop = seen.current + element.scrollHeight - height.current;
      requestAnimationFrame(() => element.style.overflowAnchor = "");
    } else setBehind(distance(element) > NEAR);
    before.current = first;
    height.current = element.scrollHeight;
  }, [grown, first]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const sizes = new ResizeObserver(() => holds.current && toEnd());
    sizes.observe(element);
    if (element.firstElementChild) sizes.observe(element.firstElementChild);
    const note = () => void (seen.current = element.scrollTop);
    element.addEventListener("scroll", note, { passive: true });
    const ended = watchReader(element, (end) => {
      holds.current = end;
      if (end) setBehind(false);
    });
    return () => {
      sizes.disconnect();
      element.removeEventListener("scroll", note);
      ended();
    };
  }, []);

  return {
    behind,
    hold() {
      holds.current = true;
      setBehind(false);
      toEnd();
    },
  };
}

function distance(element: HTMLElement): number {
  return element.scrollHeight - element.scrollTop - element.clientHeight;
}

/** Tells when the reader leaves the end, and when they are back there. */
function watchReader(element: HTMLElement, moved: (to_end: boolean) => void): () => void {
  let top = element.scrollTop;
  let touched = 0;
  const ended = new AbortController();
  const options = { passive: true, signal: ended.signal };
  element.addEventListener("wheel", (event) => event.deltaY < 0 && moved(false), options);
  element.addEventListener("keydown", (event) => UP_KEYS.includes(event.key) && moved(false), options);
  element.addEventListener("touchstart", (event) => void (touched = event.touches[0]?.clientY ?? 0), options);
  element.addEventListener(
    "touchmove",
    (event) => (event.touches[0]?.clientY ?? 0) > touched && moved(false),
    options,
  );
  element.addEventListener("scroll", () => {
    if (element.scrollTop > top && distance(element) <= NEAR) moved(true);
    if (element.scrollTop < top - 1 && distance(element) > NEAR) moved(false);
    top = element.scrollTop;
  }, options);
  return () => ended.abort();
}
