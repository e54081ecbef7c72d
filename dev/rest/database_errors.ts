// Errors of the database with the HTTP status that PostgREST gives them. Lite knows some of the codes and
// answers 500 to the rest, among them failed checks and plain `raise exception`.
import postgres from "postgres";
import { z } from "zod";
import { NoConnection } from "./begun_in_time.ts";

/** Status by SQLSTATE, the longest prefix first. Source: PostgREST's references/errors, "HTTP Status Codes". */
const STATUS: readonly (readonly [prefix: string, status: number])[] = [
  ["23503", 409],
  ["23505", 409],
  ["25006", 405],
  ["42883", 404],
  ["42P01", 404],
  ["42P17", 500],
  ["53400", 500],
  ["P0001", 400],
  ["08", 503],
  ["09", 500],
  ["0L", 403],
  ["0P", 403],
  ["25", 500],
  ["28", 403],
  ["2D", 500],
  ["38", 500],
  ["39", 500],
  ["3B", 500],
  ["40", 500],
  ["53", 503],
  ["54", 500],
  ["55", 500],
  ["57", 500],
  ["58", 500],
  ["F0", 500],
  ["HV", 500],
  ["P0", 500],
  ["XX", 500],
];

/** What the driver says of a connection that is lost, or can't be made. */
const Disconnected = z.object({
  code: z.string().regex(/^(CONNECTION_|CONNECT_TIMEOUT$|E[A-Z]+$)/),
  message: z.string(),
});

/**
 * The error as `raise sqlstate 'PGRST'` would write it, which is the form that lite turns into a response
 * without a mapping of its own. Errors that ask for a status themselves, and those that are not the
 * database's, stay what they are.
 */
export function withPostgrestStatus(error: unknown, role: string): unknown {
  if (error instanceof NoConnection) return answer({ code: "PGRST003", message: error.message }, 504);
  if (!(error instanceof postgres.PostgresError)) {
    const lost = Disconnected.safeParse(error);
    return lost.success ? answer({ code: "PGRST001", message: lost.data.message }, 503) : error;
  }
  if (/^(PT\d{3}|PGRST)$/.test(error.code)) return error;
  return answer(error, statusOf(error.code, role));
}

interface Said {
  code: string;
  message: string;
  detail?: string | null;
  hint?: string | null;
}

function answer({ code, message, detail: details = null, hint = null }: Said, status: number) {
  return {
    code: "PGRST",
    message: JSON.stringify({ code, message, details, hint }),
    detail: JSON.stringify({ status, headers: {} }),
  };
}

function statusOf(code: string, role: string): number {
  if (code === "42501") return role === "anon" ? 401 : 403;
  return STATUS.find(([prefix]) => code.startsWith(prefix))?.[1] ?? 400;
}
