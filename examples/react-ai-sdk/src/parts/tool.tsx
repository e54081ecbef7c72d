import { useState } from "react";
import type { ToolPart } from "../chat_message.ts";

const STATE: Partial<Record<ToolPart["state"], string>> = {
  "output-available": "done",
  "output-error": "failed",
  "approval-responded": "answered",
};

interface Props {
  part: ToolPart;
  declined: boolean;
  undo(): Promise<unknown>;
}

/** A call of a tool: its name and state, and on a click what went in and came out. */
export function Tool({ part, declined, undo }: Props) {
  const output = part.state === "output-available" ? outputOf(part.output) : undefined;
  const result = part.state === "output-error" ? part.errorText : output?.message;
  return (
    <details className="card tool">
      <summary>
        <b>{wordsOf(part.toolName)}</b>{" "}
        <small>{declined ? "declined" : STATE[part.state] ?? "running …"}</small>
        {output?.undoable && <Undo undo={undo} />}
      </summary>
      <pre>{JSON.stringify(part.input, null, 2)}</pre>
      {result !== undefined && <p>{result}</p>}
    </details>
  );
}

function Undo({ undo }: { undo: () => Promise<unknown> }) {
  const [state, setState] = useState("Undo");
  return (
    <button
      type="button"
      className="quiet"
      disabled={state !== "Undo"}
      onClick={(event) => {
        event.preventDefault();
        setState("Undoing …");
        undo().then(() => setState("Undone"), (error: Error) => setState(error.message));
      }}
    >
      {state}
    </button>
  );
}

/** A tool's name as people would say it. */
export function wordsOf(name: string): string {
  return name.replaceAll("_", " ");
}

/** Every tool of this backend answers with a sentence. */
function outputOf(output: unknown): { message?: string; undoable?: boolean } {
  return typeof output === "object" && output !== null ? output : {};
}
