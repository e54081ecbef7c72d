import { PageHead } from "../parts/page_head.tsx";
import type { PageProps } from "./page.tsx";

export function RunsPage({ open_menu }: PageProps & { params: Record<string, string> }) {
  return (
    <>
      <PageHead title="Runs" open_menu={open_menu} />
      <p class="empty">No runs yet.</p>
    </>
  );
}
