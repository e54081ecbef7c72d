// The rows that are known: found in what tools and earlier steps have said, told in a line, and known by their names.
import { singular } from "../../new_tools/naming.ts";
import type { Json } from "../../../shared/contracts/text.ts";
import { type Row, rowOf } from "./conversation.ts";
import { spoken } from "./vocabulary.ts";

const IS_KEY = /(?:^|_)id$/;
const NOISE = /(?:^|_)(?:id|at|slug|weekday|zone)$|^(?:title|name|linked_.*)$/;

/** Every row of a kind in a value, as it lies under keys such as `deals`, `deal` or `active_deals`; each once. */
export function rowsIn(value: Json, noun: string): Row[] {
  const found = new Map<string, Row>();
  const visit = (inner: Json, of: string): void => {
    if (inner === null || typeof inner !== "object") return;
    if (Array.isArray(inner)) return inner.forEach((item) => visit(item, of));
    const keys = Object.entries(inner).filter(([name]) => IS_KEY.test(name) || name === "start");
    const key = JSON.stringify(inner.id === undefined ? keys : [inner.id, inner.start]);
    const meant = of === noun || noun.endsWith(`_${of}`) || of.endsWith(`_${noun}`);
    if (meant && keys.length > 0) found.set(key, { ...found.get(key), ...inner });
    for (const [name, item] of Object.entries(inner)) visit(item, singular(name));
  };
  visit(value, "");
  return [...found.values()];
}

/** What people call a row. */
export function titleOf(row: Row): string {
  const isText = ([key, value]: [string, Json]) =>
    typeof value === "string" && !/(?:^|_)(?:id|at)$/.test(key);
  const [, text] = Object.entries(row).find(isText) ?? [];
  return String(row.title ?? row.name ?? row.subject ?? text ?? row.id ?? "one");
}

/** What is short of a row, beside its keys and title; rows that stand in it by their names. */
function details(row: Row): [string, Json][] {
  const isTold = (value: Json) => typeof value === "string" ? value.length <= 40 : typeof value === "number";
  const named = Object.entries(row).map(([key, value]): [string, Json] => {
    return [key, rowOf(value).name ?? rowOf(value).title ?? value];
  });
  return named.filter(([key, value]) => !NOISE.test(key) && (value === true || isTold(value)));
}

/** A row as it is handed on. */
export function briefly(row: Row): Row {
  const keys = Object.entries(row).filter(([key]) => IS_KEY.test(key));
  return { ...Object.fromEntries([...keys, ...details(row)]), title: titleOf(row) };
}

/** "**Renewal** (stage lead, amount 1200)". */
export function lineOf(row: Row): string {
  const told = details(row).filter(([, value]) => value !== titleOf(row)).slice(0, 4);
  const words = told.map(([key, value]) => {
    const text = String(value).replace(/_/g, " ").replace(/T(\d\d:\d\d).*/, " $1");
    return spoken(key.replace(/^(?:is|has)_|_name$/g, "")) + (value === true ? "" : ` ${text}`);
  });
  return `**${titleOf(row)}**${words.length > 0 ? ` (${words.join(", ")})` : ""}`;
}

/** The rows of that name, else those that have all of its telling words, or whose own are all in it. */
export function meantBy(name: string, rows: readonly Row[]): Row[] {
  const same = rows.filter((row) => titleOf(row).trim().toLowerCase() === name.trim().toLowerCase());
  const alike = (row: Row) => isIn(name, titleOf(row)) || isIn(titleOf(row), name);
  return same.length > 0 ? same : rows.filter(alike);
}

const FILLERS = " the a an my our your this that and or of with for from to in on at by about is are ";

/** Whether the telling words of one text, if it has any, are all in another; endings may differ. */
function isIn(text: string, other: string): boolean {
  const words = (one: string): string[] => one.toLowerCase().match(/[\p{L}\d]+/gu) ?? [];
  const telling = words(text).filter((word) => !FILLERS.includes(` ${word} `));
  const begins = (a: string, b: string) => a === b || b.length > 2 && a.startsWith(b);
  return telling.length > 0 && telling.every((a) => words(other).some((b) => begins(a, b) || begins(b, a)));
}
