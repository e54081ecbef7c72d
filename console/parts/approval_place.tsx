// Where a run waits for a person, in the stream of the chat: the same card as in the inbox.
import { useMemo } from "preact/hooks";
import type { ApprovalState } from "../../client/mod.ts";
import { useData } from "../data/use_data.ts";
import { ApprovalCard } from "./approval_card.tsx";
import { headline, toolWords } from "../../shared/contracts/approval_title.ts";

interface ApprovalPlaceProps {
  approval: ApprovalState;
  run_id: string;
  session_id: string;
}

export function ApprovalPlace({ approval, run_id, session_id }: ApprovalPlaceProps) {
  const data = useData();
  // The chat is drawn several times a second; what waits stays one value.
  const waiting = useMemo(() => ({ ...approval, run_id, session_id }), [approval, run_id, session_id]);
  return (
    <div class="approval-place">
      <p class="vh" role="alert">Waits for you: {headline(toolWords(approval.name), approval.effects)}</p>
      <ApprovalCard
        approval={waiting}
        settled={() => data.tell({ type: "decided", run_id })}
      />
    </div>
  );
}
