// The page of a route.
import type { PageProps } from "../parts/page_head.tsx";
import type { Route } from "../route.ts";
import { ApprovalsPage } from "./approvals_page.tsx";
import { ChatPage } from "./chat_page.tsx";
import { RunsPage } from "./runs_page.tsx";
import { TracePage } from "./trace_page.tsx";
import { UnknownPage } from "./unknown_page.tsx";
import { UsagePage } from "./usage_page.tsx";

export function Page({ route, open_menu }: PageProps & { route: Route }) {
  const { params } = route;
  switch (route.page) {
    case "chat":
      return (
        <ChatPage
          session_id={route.session}
          params={params}
          open_menu={open_menu}
        />
      );
    case "runs":
      return <RunsPage params={params} open_menu={open_menu} />;
    case "trace":
      return (
        <TracePage
          key={route.run}
          run_id={route.run}
          params={params}
          open_menu={open_menu}
        />
      );
    case "approvals":
      return <ApprovalsPage call_id={route.call} open_menu={open_menu} />;
    case "usage":
      return <UsagePage params={params} open_menu={open_menu} />;
    default:
      return <UnknownPage open_menu={open_menu} />;
  }
}
