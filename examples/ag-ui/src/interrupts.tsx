import { buildResumeArray, type Interrupt, type ResumeEntry } from "@ag-ui/client";
import { useState } from "react";
import { Change, type Effect } from "./change.tsx";

interface Props {
  interrupts: readonly Interrupt[];
  onAnswer(resume: ResumeEntry[]): void;
}

interface Answer {
  approved: boolean;
  editedArgs?: unknown;
}

/** Calls that wait for a yes or a no. The run goes on when all of them have their answer. */
export function Interrupts({ interrupts, onAnswer }: Props) {
  const [answers, setAnswers] = useState<Record<string, Answer>>({});

  function answer(id: string, given: Answer) {
    const all = { ...answers, [id]: given };
    setAnswers(all);
    if (interrupts.some((one) => all[one.id] === undefined)) return;
    const responses = Object.entries(all).map(([id, payload]) =>
      [id, { status: "resolved", payload }] as const
    );
    onAnswer(buildResumeArray([...interrupts], Object.fromEntries(responses)));
  }

  return interrupts.filter(({ id }) => answers[id] === undefined).map((interrupt) => (
    <Question
      key={interrupt.id}
      interrupt={interrupt}
      onAnswer={(given) => answer(interrupt.id, given)}
    />
  ));
}

function Question({ interrupt, onAnswer }: { interrupt: Interrupt; onAnswer(answer: Answer): void }) {
  const preview: { arguments?: unknown; effects?: Effect[] | null } = interrupt.metadata?.preview ?? {};
  const args = JSON.stringify(preview.arguments, null, 2);
  const [draft, setDraft] = useState<string>();
  const [problem, setProblem] = useState("");

  function allow() {
    if (draft === undefined) return onAnswer({ approved: true });
    try {
      onAnswer({ approved: true, editedArgs: JSON.parse(draft) });
    } catch (error) {
      setProblem(String(error));
    }
  }

  return (
    <section className="card approval" aria-label="Question">
      <p>{interrupt.message}</p>
      {preview.effects?.map((effect, at) => <Change key={at} effect={effect} />)}
      {draft === undefined ? <pre>{args}</pre> : (
        <textarea
          aria-label="Arguments"
          rows={draft.split("\n").length}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
        />
      )}
      {problem !== "" && <p role="alert" className="problem">{problem}</p>}
      <div className="buttons">
        <button type="button" onClick={allow}>{draft === undefined ? "Allow" : "Allow with these"}</button>
        <button type="button" className="quiet" onClick={() => onAnswer({ approved: false })}>Decline</button>
        {draft === undefined && (
          <button type="button" className="quiet" onClick={() => setDraft(args)}>Edit</button>
        )}
      </div>
    </section>
  );
}
