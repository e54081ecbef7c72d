// How one wish is carried out: what it shows, makes, changes or removes, what it looks up for that, and what is said of it.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Call, type Outcome, type Row, rowOf } from "./conversation.ts";
import { callOn, type Part, type Place, type Report, Stop, toolFor } from "./replay.ts";
import { lineOf, meantBy, rowsIn, titleOf } from "./rows.ts";
import { type Field, listed, type Parent, spoken, type Subject, theOne } from "./vocabulary.ts";
import type { Wish } from "./wish.ts";

/** Rows that one wish changes at most. */
const MOST_WRITES = 12;

export function carryOut(wish: Wish, place: Place): Part<Report> {
  if (wish.verb === "create") return create(wish, place);
  return wish.verb === "update" || wish.verb === "delete" ? change(wish, place) : show(wish, place);
}

function* show(wish: Wish, place: Place): Part<Report> {
  const { subject: { noun, tools: { get } }, verb, count } = wish;
  if (wish.name !== undefined) {
    const row = yield* theRow(wish, place);
    const [whole = row] = get && verb !== "list" ? rowsIn(yield* answerTo(callOn(get, row)), noun) : [];
    return { kind: "found", text: `The ${wish.subject.one} ${lineOf(whole)}.`, noun, rows: [whole] };
  }
  const found = yield* rowsOf(wish, place);
  const [rows, number] = [verb === "count" ? [] : found.rows, count ? found.rows.length : found.total];
  const total = Number(number) || found.rows.length;
  const what = `${total === 0 ? "No" : number} ${described(wish, number)}`;
  const most = (n: number, words: string[]) =>
    total > n ? [...words.slice(0, n), `${total - n} more`] : words;
  const names = rows.length > 0 ? `: ${listed(most(5, rows.map(titleOf)))}` : "";
  const lines = most(10, rows.map(lineOf)).map((line) => `\n- ${line}`).join("");
  return { kind: "found", text: `${what}${names}.`, lines: names && `${what}:${lines}`, noun, rows, total };
}

/** Nothing is written of a wish that is understood in part. */
function mustBeRead({ unread }: Wish): void {
  if (!unread) return;
  const values = unread.values.length > 0 ? `: ${unread.values.join(", ")}` : "";
  throw new Stop(`Nothing was written. Tell me the ${spoken(unread.name)} in other words${values}.`);
}

function* create(wish: Wish, place: Place): Part<Report> {
  mustBeRead(wish);
  const { subject, each, values, text, of } = wish;
  const { name, fields } = toolFor(subject, "create");
  const parents = yield* references(of, fields, place);
  const required = fields.find((one) => one.required && one.kind === "string");
  const main = (text ? fields.find(({ name }) => values[name] === text) : required)?.name ?? "";
  const own = fields.find((one) => each && place.vocabulary.referred(one.name) === each.subject)?.name;
  const copied = (row: Row): Row => main ? { [main]: titleOf(row) } : {};
  const linked = (row: Row): Row => own ? { [own]: row.id ?? null } : {};
  const given = { ...values, ...parents };
  const sources = each ? yield* targets(each, place) : [];
  const made = each ? sources.map((one) => ({ ...copied(one), ...linked(one), ...given })) : [given];
  const outcomes = yield made.slice(0, MOST_WRITES).map((args) => ({ name, arguments: args }));
  const titled = made.map((one): Row => ({ title: one[main] ?? "one" }));
  return written(subject.noun, outcomes, titled, (titles) => `created the ${subject.one} ${titles}`);
}

function* change(wish: Wish, place: Place): Part<Report> {
  mustBeRead(wish);
  const { subject, values, verb } = wish;
  const tool = toolFor(subject, verb);
  const to = listed(Object.entries(values).map(([field, value]) => spoken(`${field} ${value}`)));
  const can = tool.changes.map(({ name, values }) => [spoken(name), values.join(", ")]);
  const all = can.map(([name, values]) => values ? `${name} (${values})` : name).join("; ");
  if (verb === "update" && !to) throw new Stop(`Tell me what to change, and to what: ${all}.`);
  const rows = yield* targets(wish, place);
  const more = tool.fields.some(({ name }) => name === "updates") ? { updates: values } : values;
  const outcomes = yield rows.slice(0, MOST_WRITES).map((row) => callOn(tool, row, more));
  const say = (titles: string) => verb === "delete" ? `removed ${titles}` : `changed ${titles} (${to})`;
  return written(subject.noun, outcomes, rows, say);
}

/** What writes to these rows came to: what was really done, in these words where nobody has changed it. */
export function written(noun: string, made: Outcome[], rows: Row[], say: (titles: string) => string): Report {
  const done = rows.filter((_, i) => made[i]?.ok && !made[i]?.edited).map((row) => `**${titleOf(row)}**`);
  const told = ({ ok, message }: Outcome) => `${ok ? "As you changed it" : "That did not work"}: ${message}`;
  const others = made.filter(({ ok, edited }) => !ok || edited)
    .map((one) => one.declined ? "Then I leave it as it is." : told(one));
  const left = rows.length - made.length;
  if (left > 0) others.push(`I left out ${left} more: ${MOST_WRITES} at once are the most.`);
  if (done.length > 0) others.unshift(`I ${say(listed(done))}.`);
  const kind = made.some(({ ok, declined }) => ok || declined) ? "done" : "failed";
  const found = made.flatMap(({ ok, data }) => ok ? rowsIn(data, noun) : []);
  return { kind, text: [...new Set(others)].join(" "), noun, rows: found };
}

const MOST_PAGES = 5;
const SORTS = { urgent: /priority|urgency|severity/, latest: /created|newest|latest|updated|date/ };
const URGENT = [/"(?:urgent|critical|highest)"/, /"high"/, /"(?:medium|normal)"/, /"low"/];

type Rows = { rows: Row[]; total: Json };

/** The rows that are to be changed: one, or all that fit. */
export function* targets(wish: Wish, place: Place): Part<Row[]> {
  if (wish.name !== undefined) return [yield* theRow(wish, place)];
  const { rows } = yield* rowsOf(wish, place, 50);
  if (rows.length === 0) throw new Stop(`There are no ${described(wish)}, so nothing was changed.`);
  return rows;
}

/** A list; where all of it is needed, page by page, or what earlier steps have found, if that is all. */
export function* rowsOf(wish: Wish, place: Place, all?: number): Part<Rows> {
  const { where, count, order, subject } = wish;
  const { known, role } = place.conversation;
  const isWhole = all && role === "worker" && !JSON.stringify(known).includes('"cut":');
  const earlier = isWhole ? rowsIn(known, subject.noun) : [];
  const found = { rows: earlier, total: earlier.length };
  const { rows, total } = earlier.length > 0 ? found : yield* listedBy(subject, wish, place, all);
  const has = (row: Row, name: string) => typeof row[name] !== "string" || where[name]?.includes(row[name]);
  const fit = rows.filter((row) => Object.keys(where).every((name) => has(row, name)));
  const rank = (row: Row) => URGENT.findIndex((word) => word.test(JSON.stringify(row))) >>> 0;
  if (order === "urgent") fit.sort((a, b) => rank(a) - rank(b));
  return { rows: fit.slice(0, count), total: fit.length < rows.length ? fit.length : total };
}

function* listedBy(subject: Subject, wish: Partial<Wish>, place: Place, all?: number): Part<Rows> {
  const { of = [], where, query, count, order } = wish;
  const { name, fields } = toolFor(subject, "list");
  const args = yield* references(of, fields, place);
  // The most urgent are chosen here, as not every tool can put them first.
  const limit = all ?? (count && order === "urgent" ? 50 : count);
  for (const { name, takesList, values } of fields) {
    const sort_by = values.find((one) => order && SORTS[order].test(one));
    const wanted = where?.[name] ?? [];
    const value = takesList && wanted.length > 0 ? wanted : wanted.length === 1 ? wanted[0] : undefined;
    const given = { query, limit, sort_by }[name] ?? value;
    if (given !== undefined) args[name] = given;
  }
  let [rows, total, cursor]: [Row[], Json, Json | undefined] = [[], 0, undefined];
  for (let page = 0; page === 0 || all && cursor && page < MOST_PAGES; page++) {
    const data: Json = yield* answerTo({ name, arguments: cursor ? { ...args, cursor } : args });
    rows = [...rows, ...rowsIn(data, subject.noun)];
    [total, cursor] = [rowOf(data).total ?? rows.length, rowOf(data).next_cursor];
  }
  return { rows, total };
}

/** What a tool has found. */
export function* answerTo(call: Call): Part<Json> {
  const [outcome] = yield [call];
  if (!outcome?.ok) throw new Stop(`I could not look that up: ${outcome?.message}`);
  return outcome.data;
}

/** The row that a wish names, or the one that the chat is about. */
export function* theRow({ subject, name, verb }: Parent & { verb: string }, place: Place): Part<Row> {
  const { conversation: { known, answer, role }, focus } = place;
  const here = focus?.subject === subject ? focus.row : null;
  let rows = rowsIn([{ [subject.noun]: here }, known], subject.noun);
  if (!name && rows[0] && (here || role === "worker" && rows.length === 1)) return rows[0];
  if (!name) throw new Stop(`Tell me which ${subject.one} you mean.`);
  const called = /"([^"]+)"/.exec(answer ?? "")?.[1] ?? name;
  if (meantBy(called, rows).length !== 1) ({ rows } = yield* listedBy(subject, { query: called }, place));
  const [row, ...more] = meantBy(called, rows);
  if (row && more.length === 0) return row;
  const nothing = `"${called}"${/get|list/.test(verb) ? "" : ", so nothing was changed"}.`;
  if (row) throw new Stop(`There are ${more.length + 1} ${subject.many} ${nothing} Tell me which you mean.`);
  const others = answer ? "" : listed(rows.slice(0, 8).map((one) => `"${titleOf(one)}"`));
  const ask = others && `Which ${subject.one} is meant by "${called}": ${others}?`;
  throw new Stop(`I found no ${subject.one} ${nothing}`, ask);
}

/** The ids of the rows that others belong to, in the fields that there are for them. */
export function* references(of: readonly Parent[], fields: readonly Field[], place: Place): Part<Row> {
  const args: Row = {};
  for (const parent of of) {
    const field = fields.find(({ name }) => place.vocabulary.referred(name) === parent.subject)?.name;
    if (!field) throw new Stop(`I can't tell what a ${parent.subject.one} has to do with that.`);
    const row = yield* theRow({ ...parent, verb: "get" }, place);
    args[field] = row[field] ?? row.id ?? null;
  }
  return args;
}

/** "lead deals of Acme". */
export function described({ where, subject, of, query, order }: Wish, count?: Json): string {
  const which = Object.values(where).map((set) => set.length > 2 ? "open" : spoken(set.join(" or ")));
  const whose = of.map((parent) => `of ${parent.name ? theOne(parent.subject, parent.name) : "this"}`);
  const first = order === "urgent" ? "most urgent" : order;
  return [first, ...which, count === 1 ? subject.one : subject.many, ...whose, query && `about "${query}"`]
    .filter(Boolean).join(" ");
}
