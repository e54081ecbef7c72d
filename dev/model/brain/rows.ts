// The rows that are known: found in what tools and earlier steps have said, told in a line, and known by their names.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Row, rowOf } from "./conversation.ts";
import { singular, spoken } from "./vocabulary.ts";

/** Every row of a kind in a value, as it lies under keys such as `deals`, `deal` or `active_deals`; each once. */
export function rowsIn(value: Json, noun: string): Row[] {
  const found = new Map<string, Row>();
  const add = (row: Row) => {
    const keys = Object.entries(row).filter(([name]) => name.endsWith("_id"));
    const key = JSON.stringify([row.id ?? keys, row.occurrence ?? row.start]);
    found.set(key, { ...found.get(key), ...row });
  };
  const visit = (inner: Json, of: string): void => {
    const meant = of === noun || noun.endsWith(`_${of}`) || of.endsWith(`_${noun}`);
    if (Array.isArray(inner)) {
      const [id = null, name] = inner;
      if (meant && typeof name === "string" && typeof id !== "object") add({ id, name });
      else inner.forEach((item) => visit(item, of));
    } else if (inner !== null && typeof inner === "object") {
      if (meant && Object.keys(inner).some((key) => /(?:^|_)id$/.test(key))) add(inner);
      for (const [key, item] of Object.entries(inner)) visit(item, key === "newest" ? of : singular(key));
    }
  };
  visit(value, "");
  return [...found.values()];
}

/** What people call a row. */
export function titleOf(row: Row): string {
  const texts = Object.entries(row).filter(([key, value]) =>
    typeof value === "string" && !/(?:^|_)(?:id|at)$/.test(key)
  );
  return String(row.title ?? row.name ?? row.subject ?? texts[0]?.[1] ?? row.id ?? "one");
}

const NOISE = /(?:^|_)(?:id|at|slug|weekday|zone)$|^(?:title|name|linked_.*)$/;

/** A row as it is handed on: its keys, its title, and what is short; rows that stand in it by their names. */
export function briefly(row: Row): Row {
  const fields = Object.entries(row).flatMap(([key, value]): [string, Json][] => {
    if (/(?:^|_)id$/.test(key)) return [[key, value]];
    const shown = value !== null && typeof value === "object"
      ? rowOf(value).name ?? rowOf(value).title ?? null
      : value;
    const short = typeof shown === "string"
      ? shown.length <= 40
      : typeof shown === "number" || shown === true;
    return short && !NOISE.test(key) ? [[key, shown]] : [];
  });
  return { ...Object.fromEntries(fields), title: titleOf(row) };
}

/** "**Renewal** (stage lead, amount 1200)". */
export function lineOf(row: Row): string {
  const title = titleOf(row);
  const told = Object.entries(briefly(row)).filter(([key, value]) => !NOISE.test(key) && value !== title)
    .slice(0, 4);
  const words = told.map(([key, value]) =>
    value === true
      ? spoken(key.replace(/^(?:is|has)_/, ""))
      : `${spoken(key.replace(/_name$/, ""))} ${
        String(value).replace(/_/g, " ").replace(/T(\d\d:\d\d).*/, " $1")
      }`
  );
  return `**${title}**${words.length > 0 ? ` (${words.join(", ")})` : ""}`;
}

const FILLERS = new Set(
  "the a an my our your this that and or of with for from to in on at by about is are".split(" "),
);

/**
 * The rows of that name, else those whose name is most like it: they have more than half of its telling words, or all of
 * their own are among them. More than one where a name does not tell which.
 */
export function meantBy(name: string, rows: readonly Row[]): Row[] {
  const same = rows.filter((row) => titleOf(row).trim().toLowerCase() === name.trim().toLowerCase());
  if (same.length > 0) return same;
  const scored = rows.map((row) => {
    const [said, meant] = [shareOf(name, titleOf(row)), shareOf(titleOf(row), name)];
    return { row, score: said > 0.5 || meant === 1 ? said + meant : 0 };
  });
  const best = Math.max(0, ...scored.map(({ score }) => score));
  return scored.filter(({ score }) => score > 0 && score === best).map(({ row }) => row);
}

/** How much of the telling words of one text another has; endings may differ. */
export function shareOf(text: string, other: string): number {
  const [some, others] = [text, other].map((one) => {
    const words = one.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
    return words.some((word) => !FILLERS.has(word)) ? words.filter((word) => !FILLERS.has(word)) : words;
  });
  const alike = (a: string, b: string) =>
    a === b || (Math.min(a.length, b.length) > 2 && (a.startsWith(b) || b.startsWith(a)));
  return (some ?? []).filter((word) => others?.some((one) => alike(word, one))).length /
    Math.max(1, some?.length ?? 0);
}
