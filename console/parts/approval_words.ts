// What a person is asked, in words.
import type { Effect, Open } from "../../client/mod.ts";
import { effectRows } from "./effect_rows.ts";

/** "removed loans 7, changes tasks Paint the fence": the first rows, for a list. */
export function changeWords(effects: readonly Open<Effect>[] | null): string {
  if (effects === null) return "";
  if (effects.length === 0) return "changes nothing";
  const rows = effectRows(effects.slice(0, 2)).map(({ badge, table, name }) =>
    `${badge.word}: ${table} ${name}`
  );
  return [...rows, ...(effects.length > 2 ? [`${effects.length - 2} more`] : [])].join(", ");
}

const WHO: Readonly<Record<string, string>> = {
  default: "How this tool is set up",
  rule: "A rule of yours",
  floor: "The operator’s floor, which no rule can lift",
  taint: "Text from outside",
  declined: "You declined this before",
};

/** Whose rule asks. */
export function whoAsks(by: string): string {
  return WHO[by] ?? by;
}

/** "expires in 23 h 12 min"; `soon` within the last hour. */
export function expiry(expires_at: string, now: number): { words: string; short: string; soon: boolean } {
  const minutes = Math.floor((Date.parse(expires_at) - now) / 60_000);
  if (minutes < 0) return { words: "expired", short: "expired", soon: true };
  const hours = Math.floor(minutes / 60);
  const left = hours === 0 ? `${minutes} min` : `${hours} h ${minutes % 60} min`;
  return {
    words: `expires in ${left}`,
    short: hours === 0 ? `${minutes} min` : `${hours} h`,
    soon: hours === 0,
  };
}

const SETTLED: Readonly<Record<string, string>> = {
  approved: "It was allowed.",
  executing: "It was allowed, and is being made.",
  succeeded: "It was allowed, and has been made.",
  failed: "It was allowed, and failed.",
  rejected: "It was not made.",
};

/** What became of a call that waits no more. */
export function settledWords(status: string, error: string | null): string {
  const words = SETTLED[status] ?? `It waits no more: ${status}.`;
  const why = error === null ? undefined : NOT_MADE[error];
  return why === undefined ? words : `${words} ${why}`;
}

const NOT_MADE: Readonly<Record<string, string>> = {
  declined: "It was declined.",
  expired: "Nobody decided in time.",
  superseded: "The conversation’s next message took its place.",
  run_ended: "Its run ended before.",
  step_ended: "Its step ended before.",
};
