/** Of the words with which a person declines; the server refuses more. */
export const MAX_REASON_CHARS = 2_000;
