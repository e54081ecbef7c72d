// A tool call: what it was asked, what it answered, what it changed.
import { readChanges, readRow, type WholeRow } from "../data/contents.ts";
import { useData } from "../data/use_data.ts";
import type { TraceToolCall } from "../data/trace_rows.ts";
import { formatRoute } from "../route.ts";
import { ChangesView } from "./changes_view.tsx";
import { Icon } from "./icons.tsx";
import { JsonView } from "./json_view.tsx";
import { Loading } from "./loading.tsx";
import { useLoaded } from "./use_loaded.ts";

export function ToolTab({ call, tab }: { call: TraceToolCall; tab: string }) {
  return (
    <>
      <Waits call={call} />
      {tab === "changes" ? <Changes call={call} /> : <RowPart call={call} tab={tab} />}
    </>
  );
}

function RowPart({ call, tab }: { call: TraceToolCall; tab: string }) {
  const data = useData();
  const address = { table: "agent_tool_calls", key: { id: call.id } };
  const loaded = useLoaded(data, `${call.id} ${call.status}`, () => readRow(data, address));
  return (
    <Loading of={loaded}>
      {(row) =>
        row === null
          ? <p class="muted">Its row is not there yet.</p>
          : tab === "result"
          ? <Result row={row} call={call} />
          : <Arguments row={row} />}
    </Loading>
  );
}

function Waits({ call }: { call: TraceToolCall }) {
  if (call.status !== "awaiting_approval") return null;
  return (
    <p class="note">
      <Icon name="waits" />
      <span>
        It waits for you.{" "}
        <a href={formatRoute({ page: "approvals", call: call.id })}>See what it would change</a>
      </span>
    </p>
  );
}

function Arguments({ row }: { row: WholeRow }) {
  const { arguments: args = null, proposed_arguments: proposed = null } = row;
  return (
    <>
      {proposed !== null && (
        <p class="note plain">
          <Icon name="person" />A person has put these in the place of what was proposed.
        </p>
      )}
      <JsonView value={args} label="Arguments" />
      {proposed !== null && (
        <details class="folded">
          <summary>As proposed</summary>
          <JsonView value={proposed} label="Proposed arguments" />
        </details>
      )}
    </>
  );
}

function Result({ row, call }: { row: WholeRow; call: TraceToolCall }) {
  const { result = null, error = null } = row;
  const message = result instanceof Object && "message" in result ? result.message : null;
  const rest = result instanceof Object && "data" in result ? result.data : null;
  if (result === null && error === null) {
    return (
      <p class="muted">{call.finished_at === null ? "It has not answered yet." : "It left no result."}</p>
    );
  }
  return (
    <>
      {typeof error === "string" && (
        <p class="problem">
          <Icon name="failed" />
          {error}
        </p>
      )}
      {typeof message === "string" && message !== error && <p class="said">{message}</p>}
      {rest !== null && <JsonView value={rest} label="Data" />}
      {rest === null && message === null && result !== null && <JsonView value={result} label="Result" />}
    </>
  );
}

function Changes({ call }: { call: TraceToolCall }) {
  const data = useData();
  const loaded = useLoaded(data, `${call.id} ${call.status}`, () => readChanges(data, call.id));
  return <Loading of={loaded}>{(changes) => <ChangesView changes={changes} />}</Loading>;
}
