// Ids of calls for hosts that take only nine letters and digits (Mistral; BerriAI/litellm, anomalyco/opencode#1680).

const SHORT = /^[A-Za-z0-9]{9}$/;

/** A short id for each of `ids`: itself where it is short already, and never the same for two. */
export function shortIds(
  ids: readonly string[],
  hash: (text: string) => string = nineOf,
): Map<string, string> {
  const taken = new Set(ids.filter((id) => SHORT.test(id)));
  const short = new Map<string, string>();
  for (const id of ids) {
    if (short.has(id)) continue;
    let found = id;
    for (let again = 0; !SHORT.test(found) || (found !== id && taken.has(found)); again += 1) {
      found = hash(again === 0 ? id : `${id} ${again}`);
    }
    taken.add(found);
    short.set(id, found);
  }
  return short;
}

/** Nine letters and digits that depend on every character of the text. */
function nineOf(text: string): string {
  const digits = (fnv1a(text, 0x811c9dc5) * 0x1_0000 + (fnv1a(text, 0x1000193) & 0xffff)).toString(36);
  return digits.padStart(9, "0").slice(-9);
}

/** The 32-bit FNV-1a hash of the text's UTF-16 units. */
function fnv1a(text: string, start: number): number {
  let hash = start;
  for (let i = 0; i < text.length; i += 1) hash = Math.imul(hash ^ text.charCodeAt(i), 0x0100_0193);
  return hash >>> 0;
}
