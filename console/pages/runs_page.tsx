// All runs, newest first, fifty a page. What is asked for stands in the address.
import { useData } from "../data/use_data.ts";
import type { RunFilters } from "../data/runs_data.ts";
import { Icon, Spinner } from "../parts/icons.tsx";
import { PageHead, type PageProps } from "../parts/page_head.tsx";
import { RunFilterBar } from "../parts/run_filter_bar.tsx";
import { RunTable } from "../parts/run_table.tsx";
import { useRuns } from "../parts/use_runs.ts";
import { formatRoute } from "../route.ts";

export function RunsPage({ params, open_menu }: PageProps & { params: Record<string, string> }) {
  const { status, strategy, ended, from, to, q, before } = params;
  const filters: RunFilters = { status, strategy, ended, from, to, q, before };
  const { state, again } = useRuns(useData(), filters);
  const filtered = [status, strategy, ended, from, to, q].some(Boolean);
  return (
    <>
      <PageHead title="Runs" open_menu={open_menu}>
        <button type="button" class="button" onClick={again}>Refresh</button>
      </PageHead>
      <RunFilterBar filters={filters} filtered={filtered} />
      <div class="runs">
        {state.type === "loading" && (
          <p class="empty">
            <Spinner /> Reading the runs
          </p>
        )}
        {state.type === "failed" && (
          <div class="empty">
            <p class="problem" role="alert">
              <Icon name="failed" />
              {state.problem}
            </p>
            <button type="button" class="button" onClick={again}>Try again</button>
          </div>
        )}
        {state.type === "ready" && state.runs.length === 0 && <NoRuns filtered={filtered} before={before} />}
        {state.type === "ready" && state.runs.length > 0 && (
          <RunTable runs={state.runs} writes={state.writes} changed={again} />
        )}
        {state.type === "ready" && (
          <Pages filters={filters} next={state.more ? state.runs.at(-1)?.created_at : undefined} />
        )}
      </div>
    </>
  );
}

interface PagesProps {
  filters: RunFilters;
  /** Where the next page begins; undefined on the last. */
  next: string | undefined;
}

function Pages({ filters, next }: PagesProps) {
  if (!filters.before && !next) return null;
  const href = (before?: string) => formatRoute({ page: "runs" }, { ...filters, before });
  return (
    <nav class="pages" aria-label="Pages of runs">
      {filters.before && <a class="button" href={href()}>Newest</a>}
      {next && <a class="button" href={href(next)}>Earlier</a>}
    </nav>
  );
}

function NoRuns({ filtered, before }: { filtered: boolean; before?: string }) {
  if (filtered) {
    return (
      <div class="empty" role="status">
        <p>No run fits these filters.</p>
        <a class="button" href="#/runs">Clear filters</a>
      </div>
    );
  }
  if (before) return <p class="empty" role="status">There are no earlier runs.</p>;
  return (
    <div class="empty" role="status">
      <p>
        No runs yet. A run is one message being answered: what the agents thought, read and changed for it.
      </p>
      <a class="button primary" href="#/chat/new">Send a message</a>
    </div>
  );
}
