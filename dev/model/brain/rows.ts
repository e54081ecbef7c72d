// The rows that are known: found in what tools and earlier steps have said, told in a line, and known by their names.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Row, rowOf } from "./conversation.ts";
import { singular, spoken } from "./vocabulary.ts";

const IS_KEY = /(?:^|_)id$/;
const NOISE = /(?:^|_)(?:id|at|slug|weekday|zone)$|^(?:title|name|linked_.*)$/;

/** Every row of a kind in a value, as it lies under keys such as `deals`, `deal` or `active_deals`; each once. */
export function rowsIn(value: Json, noun: string): Row[] {
  const found = new Map<string, Row>();
  const add = (row: Row) => {
    const key = JSON.stringify([
      row.id ?? Object.entries(row).filter(([name]) => IS_KEY.test(name)),
      row.start,
    ]);
    found.set(key, { ...found.get(key), ...row });
  };
  const visit = (inner: Json, of: string): void => {
    if (inner === null || typeof inner !== "object") return;
    const meant = of === noun || noun.endsWith(`_${of}`) || of.endsWith(`_${noun}`);
    const [id = null, name] = Array.isArray(inner) ? inner : [];
    if (meant && typeof name === "string" && typeof id !== "object") return add({ id, name });
    if (meant && !Array.isArray(inner) && Object.keys(inner).some((key) => IS_KEY.test(key))) add(inner);
    const same = Array.isArray(inner) || inner.newest !== undefined;
    for (const [key, item] of Object.entries(inner)) visit(item, same ? of : singular(key));
  };
  visit(value, "");
  return [...found.values()];
}

/** What people call a row. */
export function titleOf(row: Row): string {
  const texts = Object.entries(row).filter(([key, one]) =>
    typeof one === "string" && !/(?:^|_)(?:id|at)$/.test(key)
  );
  return String(row.title ?? row.name ?? row.subject ?? texts[0]?.[1] ?? row.id ?? "one");
}

/** A row as it is handed on: its keys, its title, and what is short; rows that stand in it by their names. */
export function briefly(row: Row): Row {
  const fields = Object.entries(row).flatMap(([key, value]): [string, Json][] => {
    const shown = value !== null && typeof value === "object"
      ? rowOf(value).name ?? rowOf(value).title ?? null
      : value;
    const short = typeof shown === "string"
      ? shown.length <= 40
      : typeof shown === "number" || shown === true;
    return IS_KEY.test(key) || short && !NOISE.test(key) ? [[key, shown]] : [];
  });
  return { ...Object.fromEntries(fields), title: titleOf(row) };
}

/** "**Renewal** (stage lead, amount 1200)". */
export function lineOf(row: Row): string {
  const told = Object.entries(briefly(row)).filter(([key, value]) =>
    !NOISE.test(key) && value !== titleOf(row)
  );
  const words = told.slice(0, 4).map(([key, value]) => {
    const text = String(value).replace(/_/g, " ").replace(/T(\d\d:\d\d).*/, " $1");
    return spoken(key.replace(/^(?:is|has)_|_name$/g, "")) + (value === true ? "" : ` ${text}`);
  });
  return `**${titleOf(row)}**${words.length > 0 ? ` (${words.join(", ")})` : ""}`;
}

/** The rows of that name, else those that have all of its telling words, or whose own are all in it. */
export function meantBy(name: string, rows: readonly Row[]): Row[] {
  const same = rows.filter((row) => titleOf(row).trim().toLowerCase() === name.trim().toLowerCase());
  const alike = (row: Row) => unshared(name, titleOf(row)) === 0 || unshared(titleOf(row), name) === 0;
  return same.length > 0 ? same : rows.filter(alike);
}

const FILLERS = " the a an my our your this that and or of with for from to in on at by about is are ";

/** How many of the telling words of one text another lacks; endings may differ. */
export function unshared(text: string, other: string): number {
  const words = (one: string): string[] => one.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
  const telling = words(text).filter((word) => !FILLERS.includes(` ${word} `));
  const begins = (a: string, b: string) => a === b || b.length > 2 && a.startsWith(b);
  const lacks = telling.filter((a) => !words(other).some((b) => begins(a, b) || begins(b, a)));
  return telling.length === 0 ? 1 : lacks.length;
}
