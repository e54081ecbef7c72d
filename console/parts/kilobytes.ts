/** How long a text is, for people: 812 characters, 26 kB. */
export function kilobytes(characters: number): string {
  if (characters < 1_000) return `${characters} characters`;
  return `${characters < 10_000 ? (characters / 1_000).toFixed(1) : Math.round(characters / 1_000)} kB`;
}
