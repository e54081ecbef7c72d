// Verdicts of a database, for tests of the agents alone.
import type { Verdict } from "../../../shared/agents/store/rows.ts";

export function verdictOf(status: Verdict["status"], change: Partial<Verdict> = {}): Verdict {
  return {
    status,
    arguments_sha256: "0".repeat(64),
    why: status === "awaiting_approval" ? [{ by: "default", text: "It is always asked." }] : [],
    expires_at: status === "awaiting_approval" ? "2026-11-23T12:00:00.000Z" : null,
    remember: null,
    result: null,
    ...change,
  };
}
