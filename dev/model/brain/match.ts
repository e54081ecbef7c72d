// Finds the entity that a person means by its name.

const FILLERS = ["the", "a", "an", "my", "project", "task"];

/** The item with that name, else the one whose name shares the most words with it; undefined where none does. */
export function bestMatch<Item>(
  name: string,
  items: readonly Item[],
  nameOf: (item: Item) => string,
): Item | undefined {
  const wanted = words(name);
  let best: { item: Item; score: number } | undefined;
  for (const item of items) {
    const score = likeness(wanted, words(nameOf(item)));
    if (score > (best?.score ?? 0.5)) best = { item, score };
  }
  return best?.item;
}

/** Whether a text mentions one of the words of a name. */
export function mentionsName(text: string, name: string): boolean {
  const said = words(text);
  return words(name).some((word) => said.some((other) => alike(word, other)));
}

/** From 0, no word in common, to 2, the same words. */
function likeness(wanted: readonly string[], own: readonly string[]): number {
  const shared = wanted.filter((word) => own.some((other) => alike(word, other))).length;
  return shared / Math.max(1, wanted.length) + shared / Math.max(1, own.length);
}

/** Endings may differ, so that "tasks" finds "task". */
function alike(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long === short || (short.length > 2 && long.startsWith(short));
}

function words(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\d]+/gu) ?? []).filter((word) => !FILLERS.includes(word));
}
