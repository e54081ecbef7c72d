// What can be done with a call that waits. Nothing is preselected, and Enter alone never allows anything.
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { MAX_REASON_CHARS } from "./reason_limit.ts";
import { Icon, Spinner } from "./icons.tsx";
import type { Decision } from "./use_decision.ts";

interface DecideBarProps {
  decision: Decision;
  /** What remembering would allow, in words; absent where it can't. */
  remember?: string;
}

type Scope = "once" | "session" | "always";

export function DecideBar({ decision, remember }: DecideBarProps) {
  const { shown, mode, busy, asleep, setMode, allow, dropEdit } = decision;
  const [scope, setScope] = useState<Scope>("once");
  if (mode === "edit") return null;
  if (mode === "decline") return <Decline decision={decision} />;
  const may_remember = remember !== undefined && !shown.edited;
  return (
    <div class="decide-bar">
      <button
        type="button"
        class="button primary"
        disabled={busy || asleep}
        // Enter may have been meant for something else that stood here a moment ago; a click, Space and `a` are not.
        onKeyDown={(event) => event.key === "Enter" && event.preventDefault()}
        onClick={() => allow(may_remember ? scope : "once")}
      >
        {busy && <Spinner />}
        {shown.edited ? "Allow the edit" : scope === "once" || !may_remember ? "Allow once" : "Allow"}
        <kbd aria-hidden="true">A</kbd>
      </button>
      <button type="button" class="button" disabled={busy || asleep} onClick={() => setMode("edit")}>
        Edit <kbd aria-hidden="true">E</kbd>
      </button>
      {shown.edited && (
        <button type="button" class="button" disabled={busy} onClick={dropEdit}>
          <Icon name="undo" />As proposed
        </button>
      )}
      <button
        type="button"
        class="button danger"
        disabled={busy || asleep}
        onClick={() => setMode("decline")}
      >
        Decline… <kbd aria-hidden="true">D</kbd>
      </button>
      {may_remember && (
        <label class="remember">
          Remember
          <select
            class="input small"
            value={scope}
            onChange={(event) => setScope(scopeOf(event.currentTarget.value))}
          >
            <option value="once">only this once</option>
            <option value="session">in this conversation: {remember}</option>
            <option value="always">always: {remember}</option>
          </select>
        </label>
      )}
      {remember === undefined && (
        <span class="muted small">It is asked each time: this can’t be remembered.</span>
      )}
    </div>
  );
}

function scopeOf(value: string): Scope {
  return value === "session" || value === "always" ? value : "once";
}

function Decline({ decision: { busy, decline, setMode } }: { decision: Decision }) {
  const [reason, setReason] = useState("");
  const field = useRef<HTMLTextAreaElement>(null);
  // Before the next key: what is typed then belongs to the reason.
  useLayoutEffect(() => field.current?.focus(), []);
  return (
    <form
      class="decide-bar decline"
      onSubmit={(event) => {
        event.preventDefault();
        decline(reason.trim());
      }}
    >
      <label class="field">
        Why not? The agent is told; you may leave it empty.
        <textarea
          ref={field}
          rows={2}
          maxLength={MAX_REASON_CHARS}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
      </label>
      <div class="edit-actions">
        <button type="submit" class="button danger" disabled={busy}>{busy && <Spinner />}Decline</button>
        <button type="button" class="button" onClick={() => setMode("look")}>Cancel</button>
      </div>
    </form>
  );
}
