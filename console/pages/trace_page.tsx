import { PageHead, type PageProps } from "../parts/page_head.tsx";

export function TracePage(
  { open_menu }: PageProps & { run_id: string; params: Record<string, string> },
) {
  return (
    <>
      <PageHead title="Trace" open_menu={open_menu} />
      <p class="empty">No rows yet.</p>
    </>
  );
}
