// The conversations in the side bar.
import { useState } from "preact/hooks";
import { useData } from "../data/use_data.ts";
import { useSessions } from "../data/sessions.ts";
import { formatRoute, type Route } from "../route.ts";
import { Icon } from "./icons.tsx";
import { SessionEntry } from "./session_entry.tsx";
import { useNow } from "./use_now.ts";

export function SessionList({ route }: { route: Route }) {
  const data = useData();
  const [status, setStatus] = useState<"active" | "archived">("active");
  const { rows, has_more, problem, more } = useSessions(data, status);
  const now = useNow(true, 30_000);
  const here = route.page === "chat" ? route.session : null;
  const archived = status === "archived";
  return (
    <section class="sessions" aria-label={archived ? "Archive" : "Sessions"}>
      <header class="sessions-head">
        <h2>{archived ? "Archive" : "Sessions"}</h2>
        <button
          type="button"
          class="button bare small"
          aria-pressed={archived}
          aria-label="Archive"
          title={archived ? "Back to the sessions" : "Archive"}
          onClick={() => setStatus(archived ? "active" : "archived")}
        >
          <Icon name={archived ? "close" : "archive"} />
        </button>
        <a
          class="button bare small"
          href={formatRoute({ page: "chat", session: "new" })}
          aria-label="New conversation"
          title="New conversation"
        >
          <Icon name="plus" />
        </a>
      </header>
      <ul>
        {rows?.map((row) => <SessionEntry key={row.id} {...{ row, now }} is_here={row.id === here} />)}
      </ul>
      {rows?.length === 0 && (
        <p class="sessions-none small muted">
          {archived ? "The archive is empty." : "No conversations yet."}
        </p>
      )}
      {problem && <p class="sessions-none small bad">{problem}</p>}
      {has_more && <button type="button" class="button bare small" onClick={more}>Older ones</button>}
    </section>
  );
}
