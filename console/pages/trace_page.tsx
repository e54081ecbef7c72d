// The trace of a run: everything that it did, on one clock, and what stands in the row of each.
import { useData } from "../data/use_data.ts";
import { Icon, Spinner } from "../parts/icons.tsx";
import { PageHead, type PageProps } from "../parts/page_head.tsx";
import { TraceView } from "../parts/trace_view.tsx";
import { useTrace } from "../parts/use_trace.ts";

interface TracePageProps extends PageProps {
  run_id: string;
  params: Record<string, string>;
}

const ABOVE = { title: "Runs", href: "#/runs" };

export function TracePage({ run_id, params, open_menu }: TracePageProps) {
  const { trace, again } = useTrace(useData(), run_id);
  switch (trace.type) {
    case "ready":
      return <TraceView trace={trace} again={again} params={params} open_menu={open_menu} />;
    case "missing":
      return (
        <>
          <PageHead title="There is no such run" above={ABOVE} open_menu={open_menu} />
          <p class="empty">
            There is no such run. <a href="#/runs">See all runs</a>
          </p>
        </>
      );
    case "failed":
      return (
        <>
          <PageHead title="Trace" above={ABOVE} open_menu={open_menu} />
          <div class="empty">
            <p class="problem" role="alert">
              <Icon name="failed" />
              {trace.problem}
            </p>
            <button type="button" class="button" onClick={again}>Try again</button>
          </div>
        </>
      );
    case "loading":
      return (
        <>
          <PageHead title="Trace" above={ABOVE} open_menu={open_menu} />
          <p class="empty">
            <Spinner /> Reading the run
          </p>
        </>
      );
  }
}
