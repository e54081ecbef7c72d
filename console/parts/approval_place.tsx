// Where a run waits for a person, in the stream of the chat.
import type { ApprovalState } from "../../client/mod.ts";
import { formatRoute } from "../route.ts";
import { Icon } from "./icons.tsx";

export function ApprovalPlace({ approval }: { approval: ApprovalState; run_id: string }) {
  return (
    <p class="note" role="alert">
      <Icon name="waits" />
      <span>
        <b>Waits for you:</b> {approval.name}.{" "}
        <a href={formatRoute({ page: "approvals", call: approval.tool_call_id })}>Look at it</a>
      </span>
    </p>
  );
}
