// The head of a page: where one is, its state, what can be done with it.
import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import { Icon } from "./icons.tsx";

/** What every page is given. */
export interface PageProps {
  /** Opens the side bar where it is out of sight. */
  open_menu: () => void;
}

interface PageHeadProps extends PageProps {
  title: string;
  /** Before the title: the page above this one. */
  above?: { title: string; href: string };
  /** After the title, such as a pill with a state. */
  state?: ComponentChildren;
  /** On the right. */
  children?: ComponentChildren;
}

export function PageHead(
  { title, above, open_menu, state, children }: PageHeadProps,
) {
  useEffect(() => void (document.title = `${title} – Agent console`), [title]);
  return (
    <header class="page-head">
      <button
        type="button"
        class="button bare menu-button"
        aria-label="Menu"
        onClick={open_menu}
      >
        <Icon name="menu" />
      </button>
      {above && (
        <span class="above">
          <a href={above.href}>{above.title}</a>
          <span class="faint" aria-hidden="true">/</span>
        </span>
      )}
      <h1 tabIndex={-1} title={title}>{title}</h1>
      {state}
      <div class="page-actions">{children}</div>
    </header>
  );
}
