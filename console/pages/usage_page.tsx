import { PageHead, type PageProps } from "../parts/page_head.tsx";

export function UsagePage(
  { open_menu }: PageProps & { params: Record<string, string> },
) {
  return (
    <>
      <PageHead title="Usage" open_menu={open_menu} />
      <p class="empty">No usage yet.</p>
    </>
  );
}
