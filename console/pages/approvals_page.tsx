import { PageHead, type PageProps } from "../parts/page_head.tsx";

export function ApprovalsPage(
  { open_menu }: PageProps & { call_id: string | null },
) {
  return (
    <>
      <PageHead title="Approvals" open_menu={open_menu} />
      <p class="empty">Nothing waits for you.</p>
    </>
  );
}
