import { PageHead } from "../parts/page_head.tsx";
import type { PageProps } from "./page.tsx";

export function UsagePage({ open_menu }: PageProps & { params: Record<string, string> }) {
  return (
    <>
      <PageHead title="Usage" open_menu={open_menu} />
      <p class="empty">No usage yet.</p>
    </>
  );
}
