// What can be done with a conversation: closed by Escape, and by going elsewhere.
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface SessionMenuProps {
  place: { current: HTMLElement | null };
  close: () => void;
  children: ComponentChildren;
}

export function SessionMenu({ place, close, children }: SessionMenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  // At once, at the end too: what takes its place takes the focus, which a menu that is gone must not hear.
  useLayoutEffect(() => {
    menu.current?.querySelector("button")?.focus();
    const outside = (event: Event) => {
      if (event.target instanceof Node && !place.current?.contains(event.target)) close();
    };
    addEventListener("pointerdown", outside);
    addEventListener("focusin", outside);
    return () => {
      removeEventListener("pointerdown", outside);
      removeEventListener("focusin", outside);
    };
  }, []);
  const pressed = (event: KeyboardEvent) => {
    if (event.key !== "Escape") return;
    place.current?.querySelector<HTMLElement>(".session-more")?.focus();
    close();
  };
  return <div class="menu" ref={menu} onKeyDown={pressed}>{children}</div>;
}
