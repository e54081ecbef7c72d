// Where a reader begins when the page moves the focus by itself.
import { isField } from "./key_list.tsx";

/** Gives it the focus, unless somebody is writing elsewhere. */
export function leadTo(element: HTMLElement | null): void {
  if (!isField(document.activeElement)) element?.focus();
}
