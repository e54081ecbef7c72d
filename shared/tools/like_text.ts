// Text to search for, as a pattern.

/**
 * A pattern for `like` and `ilike` that finds the text anywhere in a value, letter by letter. An asterisk stands for any
 * one character: PostgREST takes it for `%`, and knows no way to write it.
 */
export function likeText(text: string): string {
  return `%${text.trim().replace(/[\\%_]/g, "\\$&").replaceAll("*", "_")}%`;
}
