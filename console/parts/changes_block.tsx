// What a run has changed, each with a way back.
import { useEffect, useState } from "preact/hooks";
import { undoneCalls } from "../data/chat_data.ts";
import { sentenceOf } from "../data/console_data.ts";
import { useData } from "../data/use_data.ts";
import type { LiveCall } from "../data/live_run.ts";
import { counted } from "./format.ts";
import { Icon, Spinner } from "./icons.tsx";

interface ChangesBlockProps {
  run_id: string;
  changes: readonly LiveCall[];
}

export function ChangesBlock({ run_id, changes }: ChangesBlockProps) {
  const data = useData();
  const [open, setOpen] = useState(true);
  const [undone, setUndone] = useState<readonly string[]>([]);
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const ids = changes.map((change) => change.id);
  useEffect(() => void undoneCalls(data, ids).then(setUndone, () => {}), [run_id, ids.length]);

  const undo = async (call?: string) => {
    setBusy(call ?? "all");
    setProblem(null);
    try {
      const answer = await data.ask((client) => client.undo(run_id, call));
      setUndone([...undone, ...answer.undone]);
      setProblem(answer.stopped?.message ?? null);
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setBusy(null);
  };
  const left = changes.filter((change) => change.undoable && !undone.includes(change.id));
  return (
    <section class="block changes" aria-label="Changes">
      <div class="block-head">
        <button type="button" class="block-fold" aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "open" : "closed"} tone="faint" />
          <Icon name="write" tone="write" />
          {counted(changes.length, "change")} in your workspace
        </button>
        {left.length > 1 && (
          <button
            type="button"
            class="button bare small undo"
            disabled={busy !== null}
            onClick={() => undo()}
          >
            {busy === "all" ? <Spinner /> : <Icon name="undo" />}Undo all
          </button>
        )}
      </div>
      {problem && (
        <p class="problem" role="alert">
          <Icon name="failed" />
          {problem}
        </p>
      )}
      {open && (
        <ul>
          {changes.map((change) => (
            <ChangeRow
              key={change.id}
              change={change}
              undone={undone.includes(change.id)}
              busy={busy === change.id || busy === "all"}
              undo={() => undo(change.id)}
            />
          ))}
        </ul>
      )}
    </section>
  );
}

interface ChangeRowProps {
  change: LiveCall;
  undone: boolean;
  busy: boolean;
  undo: () => void;
}

function ChangeRow({ change, undone, busy, undo }: ChangeRowProps) {
  return (
    <li class="change">
      <Icon name="write" tone={undone ? "faint" : "write"} />
      <span class={`change-words ${undone ? "undone" : ""}`}>{change.said || change.title}</span>
      {undone && (
        <span class="pill faint">
          <Icon name="undo" />undone
        </span>
      )}
      {!undone && change.undoable && (
        <button type="button" class="button bare small undo" disabled={busy} onClick={undo}>
          {busy ? <Spinner /> : <Icon name="undo" />}Undo<span class="vh">: {change.said}</span>
        </button>
      )}
    </li>
  );
}
