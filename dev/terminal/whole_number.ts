// Flags that are numbers: what is wrong with one is told before anything starts.

export const LAST_PORT = 65_535;

/** The whole number that a flag gives. Throws a sentence about any other text. */
export function countOf(flag: string, text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Error(`--${flag} must be a whole number from 0, not "${text}".`);
}

/** The port that `--port` gives, 0 for any free one. Throws a sentence about any other text. */
export function portOf(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= LAST_PORT) return Number(text);
  throw new Error(`--port must be a whole number from 0 to ${LAST_PORT}, not "${text}".`);
}
