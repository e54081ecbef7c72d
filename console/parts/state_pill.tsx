// The state of a run, a step or a call: an icon and a word, in one colour of the vocabulary.
import { Icon, type IconName, Spinner } from "./icons.tsx";

interface StateLook {
  icon: IconName | "spinner";
  tone: "ok" | "warn" | "bad" | "accent" | "faint";
  word: string;
}

const LOOKS: Readonly<Record<string, StateLook>> = {
  running: { icon: "spinner", tone: "accent", word: "running" },
  executing: { icon: "spinner", tone: "accent", word: "running" },
  abandoned: { icon: "warning", tone: "warn", word: "nobody works on it" },
  awaiting_approval: { icon: "waits", tone: "warn", word: "waits for you" },
  completed: { icon: "done", tone: "ok", word: "completed" },
  succeeded: { icon: "done", tone: "ok", word: "done" },
  ok: { icon: "done", tone: "ok", word: "done" },
  partial: { icon: "done", tone: "warn", word: "partial" },
  needs_input: { icon: "question", tone: "warn", word: "needs input" },
  failed: { icon: "failed", tone: "bad", word: "failed" },
  rejected: { icon: "failed", tone: "warn", word: "declined" },
  cancelled: { icon: "stopped", tone: "faint", word: "cancelled" },
  skipped: { icon: "skipped", tone: "faint", word: "skipped" },
  pending: { icon: "pending", tone: "faint", word: "waiting" },
  proposed: { icon: "pending", tone: "faint", word: "proposed" },
  approved: { icon: "done", tone: "accent", word: "allowed" },
};

/** How a state looks; one that this version does not know is its own word. */
export function lookOf(state: string): StateLook {
  const known = Object.hasOwn(LOOKS, state) ? LOOKS[state] : undefined;
  return known ??
    { icon: "pending", tone: "faint", word: state.replaceAll("_", " ") };
}

export function StateIcon({ state }: { state: string }) {
  const { icon, tone } = lookOf(state);
  return icon === "spinner" ? <Spinner /> : <Icon name={icon} tone={tone} />;
}

export function StatePill({ state }: { state: string }) {
  const { tone, word } = lookOf(state);
  return (
    <span class={`pill ${tone}`}>
      <StateIcon state={state} />
      {word}
    </span>
  );
}
