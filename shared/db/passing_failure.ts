// Which failures of the database pass by themselves.

/**
 * SQLSTATEs (or their classes) and codes of PostgREST of what may be over a moment later: a lost connection,
 * too much to do, a conflict of transactions, a lock, a statement or server that was stopped. A function that is not
 * found (PGRST202) is one that PostgREST does not know yet, after a restart or a migration: code calls no other.
 */
const PASSING = /^(08|40|53|55P03|57014|57P0|PGRST00[0-3]|PGRST202)/;

/** The codes of the database and of PostgREST. */
const OF_THE_DATABASE = /^([0-9A-Z]{5}|PGRST\d{3})$/;

/**
 * Whether the same request may work a moment later, or may have worked already; `status` is that of HTTP, 0 where
 * no answer came. An answer without a code of the database is that of something on the way to it, or of nothing: only
 * a 4xx says that it won't do.
 */
export function isPassingFailure({ code }: { code: string }, status: number): boolean {
  return OF_THE_DATABASE.test(code) ? PASSING.test(code) : status < 400 || status >= 500;
}
