// When other owners went on with a run, in words.
import type { TraceMoment } from "../data/trace_rows.ts";

export interface TakenOver {
  at: number;
  words: string;
}

export function takeoversOf(moments: readonly TraceMoment[]): TakenOver[] {
  return moments.flatMap(({ type, at, why }) =>
    type === "taken_over" ? [{ at: Date.parse(at), words: REASONS[why ?? ""] ?? "Taken over" }] : []
  );
}

const REASONS: Readonly<Record<string, string>> = {
  lease_expired: "Taken over: its owner before was lost",
  handed_over: "Handed over near the end of its owner's time",
};
