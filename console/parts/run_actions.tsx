// What can be done with a run that has not ended: stop it, or take it up again where nobody works on it.
import { useState } from "preact/hooks";
import { sentenceOf } from "../data/console_data.ts";
import { useData } from "../data/use_data.ts";
import { Icon, Spinner } from "./icons.tsx";

interface RunActionsProps {
  run: { id: string; status: string; cancel_requested_at: string | null; lease_expires_at: string };
  /** The project's time. */
  now: number;
  /** After something was done that the page does not see by itself. */
  changed(): void;
  look?: "small";
}

export function RunActions({ run, now, changed, look = undefined }: RunActionsProps) {
  const data = useData();
  const [doing, setDoing] = useState<"cancel" | "resume" | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  if (run.status !== "running" && run.status !== "awaiting_approval") return null;
  const cancelling = doing === "cancel" || run.cancel_requested_at !== null;
  const lost = run.status === "running" && Date.parse(run.lease_expires_at) < now;
  const act = async (what: "cancel" | "resume") => {
    setDoing(what);
    setProblem(null);
    try {
      if (what === "cancel") await data.ask((client) => client.cancel(run.id));
      else await data.ask((client) => client.resume(run.id));
      changed();
      if (what === "resume") setDoing(null);
    } catch (error) {
      setDoing(null);
      setProblem(sentenceOf(error));
    }
  };
  const size = look ?? "";
  return (
    <>
      {problem !== null && <span class="bad small cut" role="alert" title={problem}>{problem}</span>}
      {lost && (
        <button
          type="button"
          class={`button ${size}`}
          disabled={doing !== null}
          onClick={() => act("resume")}
        >
          {doing === "resume" ? <Spinner /> : <Icon name="undo" />}Resume
        </button>
      )}
      <button
        type="button"
        class={`button danger ${size}`}
        disabled={cancelling}
        onClick={() => act("cancel")}
      >
        {cancelling ? <Spinner /> : <Icon name="stop" />}
        {cancelling ? "Cancelling" : "Cancel"}
      </button>
    </>
  );
}
