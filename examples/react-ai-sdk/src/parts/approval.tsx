import { useState } from "react";
import type { Approval } from "../chat_message.ts";
import { Change } from "./change.tsx";
import { wordsOf } from "./tool.tsx";

interface Props {
  approval: Approval;
  onAnswer(approved: boolean): void;
  onEdit(args: Record<string, unknown>): Promise<void>;
}

/** A call that waits for a yes or a no: what it would change, and why it asks. All of it is shown as text. */
export function ApprovalCard({ approval, onAnswer, onEdit }: Props) {
  const [draft, setDraft] = useState<string>();
  const [problem, setProblem] = useState(approval.problem ?? "");

  async function send(text: string) {
    try {
      await onEdit(JSON.parse(text));
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  }

  return (
    <section className="card approval" aria-label="Question">
      <h2>{wordsOf(approval.name)}?</h2>
      {approval.why.map(({ text }) => <p key={text}>{text}</p>)}
      {approval.effects?.map((effect, at) => <Change key={at} effect={effect} />)}
      {draft === undefined ? <pre>{JSON.stringify(approval.arguments, null, 2)}</pre> : (
        <textarea
          aria-label="Arguments"
          rows={draft.split("\n").length}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
        />
      )}
      {problem !== "" && <p role="alert" className="problem">{problem}</p>}
      <div className="buttons">
        <button type="button" onClick={() => draft === undefined ? onAnswer(true) : void send(draft)}>
          {draft === undefined ? "Allow" : "Allow with these"}
        </button>
        <button type="button" className="quiet" onClick={() => onAnswer(false)}>Decline</button>
        {draft === undefined && (
          <button
            type="button"
            className="quiet"
            onClick={() => setDraft(JSON.stringify(approval.arguments, null, 2))}
          >
            Edit
          </button>
        )}
      </div>
    </section>
  );
}
