// Times as PostgREST writes them: ISO 8601. Postgres' own text form has a blank in the middle.

/** `2026-11-22 13:11:24.09+00` becomes `2026-11-22T13:11:24.09+00:00`; `infinity` stays. */
export function isoTimestamp(text: string): string {
  return text.replace(/^(\d{4,}-\d\d-\d\d) /, "$1T").replace(/([+-]\d\d)$/, "$1:00");
}
