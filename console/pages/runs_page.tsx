import { PageHead, type PageProps } from "../parts/page_head.tsx";

export function RunsPage(
  { open_menu }: PageProps & { params: Record<string, string> },
) {
  return (
    <>
      <PageHead title="Runs" open_menu={open_menu} />
      <p class="empty">No runs yet.</p>
    </>
  );
}
