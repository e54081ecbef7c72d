import { PageHead, type PageProps } from "../parts/page_head.tsx";

interface ChatPageProps extends PageProps {
  /** Null for the first page, "new" for a conversation that is begun. */
  session_id: string | null;
  params: Record<string, string>;
}

export function ChatPage({ open_menu }: ChatPageProps) {
  return (
    <>
      <PageHead title="Chat" open_menu={open_menu} />
      <p class="empty">No conversations yet.</p>
    </>
  );
}
