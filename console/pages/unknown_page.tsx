import { PageHead, type PageProps } from "../parts/page_head.tsx";

/** An address that leads nowhere. */
export function UnknownPage({ open_menu }: PageProps) {
  return (
    <>
      <PageHead title="There is no such page" open_menu={open_menu} />
      <p class="empty">
        Go to <a href="#/chat">the chat</a> or to <a href="#/runs">the runs</a>.
      </p>
    </>
  );
}
