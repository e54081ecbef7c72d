// Finds the entity that a person means by its name.

/** They tell no name from another: what binds words, and what kind of thing it is. */
const FILLERS = new Set(
  ("the a an my our your his her their its this that and or of with for from to in on at by about as " +
    "is are be it me us one project projects task tasks event events note notes meeting meetings appointment")
    .split(" "),
);

/**
 * The item with that name, else the one whose name is most like it: it has more than half of the words that tell which
 * is meant, or all of its own are among them. Undefined where there is none.
 */
export function bestMatch<Item>(
  name: string,
  items: readonly Item[],
  nameOf: (item: Item) => string,
): Item | undefined {
  const wanted = words(name);
  let best: { item: Item; score: number } | undefined;
  for (const item of items) {
    const score = likeness(wanted, words(nameOf(item)));
    if (score > (best?.score ?? 0)) best = { item, score };
  }
  return best?.item;
}

/** Whether a text mentions one of the words of a name. */
export function mentionsName(text: string, name: string): boolean {
  const said = words(text);
  return words(name).some((word) => said.some((other) => alike(word, other)));
}

/** From 0, another name, to 2, the same words. */
function likeness(wanted: readonly string[], own: readonly string[]): number {
  const said = shareOf(wanted, own);
  const meant = shareOf(own, wanted);
  return said > 0.5 || meant === 1 ? said + meant : 0;
}

/** How much of these words is among those. */
function shareOf(some: readonly string[], others: readonly string[]): number {
  return some.filter((word) => others.some((other) => alike(word, other))).length / Math.max(1, some.length);
}

/** Endings may differ, so that "tasks" finds "task". */
function alike(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return long === short || (short.length > 2 && long.startsWith(short));
}

/** The telling ones; all of them where none tells, as in "The Project". */
function words(text: string): string[] {
  const all = text.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
  const telling = all.filter((word) => !FILLERS.has(word));
  return telling.length > 0 ? telling : all;
}
