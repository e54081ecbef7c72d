// How one wish is carried out: look-ups, then writes, then a report. It is written as if results came at once; what was
// called before is played back, so that it goes on from wherever the conversation stands.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Call, type Conversation, type Outcome, type Row, rowOf } from "./conversation.ts";
import { lineOf, meantBy, rowsIn, titleOf } from "./rows.ts";
import {
  listed,
  plural,
  referred,
  spoken,
  type Subject,
  type Tool,
  type Verb,
  type Vocabulary,
} from "./vocabulary.ts";
import type { Focus, Wish } from "./wish.ts";

/**
 * What came of a wish, in sentences; the rows that were found or written, by their kind, and how many there are in all.
 * `ask` says who could be meant, where nobody is called so.
 */
export type Report = { kind: "found" | "done" | "failed"; text: string; ask?: string; total?: number } & Rows;
type Rows = { noun: string; rows: Row[] };
export type Place = { conversation: Conversation; vocabulary: Vocabulary; focus?: Focus };
export type Part<T> = Generator<Call[], T, Outcome[]>;

/** Ends a wish that can't be carried out. */
class Stop extends Error {
  ask?: string;
}

/** Rows that one wish changes at most, and pages of a list that it reads. */
const MOST_WRITES = 12;
const MOST_PAGES = 5;

export const textOf = ({ name, arguments: args }: Call) => JSON.stringify([name, args]);

/** The next calls, or what came of it all. */
export function replay(work: Part<Report>, { calls, forgotten }: Conversation): Call[] | Report {
  try {
    let step = work.next();
    while (!step.done) {
      const made = step.value.map((call) => calls.filter((past) => textOf(past) === textOf(call)));
      const outcomes = made.flatMap((past) => past.findLast(({ outcome }) => outcome)?.outcome ?? []);
      if (outcomes.length < made.length) {
        if (!forgotten && made.every(({ length }) => length < 2)) {
          return step.value.filter((_, i) => !made[i]?.length);
        }
        throw new Stop("What I found did not stay in my prompt, so I stopped there.");
      }
      step = work.next(outcomes);
    }
    return step.value;
  } catch (stop) {
    if (!(stop instanceof Stop)) throw stop;
    return { kind: "failed", text: stop.message, noun: "", rows: [], ask: stop.ask };
  }
}

export function toolFor({ noun, tools }: Subject, verb: Verb): Tool {
  const tool = tools[verb];
  if (!tool) throw new Stop(`I have no tool here to ${verb} ${plural(spoken(noun))}.`);
  return tool;
}

/** A call that names this row, as far as the row says. */
export function callOn({ name, keys }: Tool, row: Row, more: Row = {}): Call {
  const named = keys.map((key): [string, Json] => [key, row[key] ?? (keys.length === 1 && row.id) ?? null]);
  return { name, arguments: { ...Object.fromEntries(named), ...more } };
}

export function carryOut(wish: Wish, place: Place): Part<Report> {
  if (wish.verb === "create") return create(wish, place);
  return wish.verb === "update" || wish.verb === "delete" ? change(wish, place) : show(wish, place);
}

function* show(wish: Wish, place: Place): Part<Report> {
  const { subject: { noun, tools: { get } }, verb, count } = wish;
  if (wish.name !== undefined) {
    const row = yield* theRow(wish, place);
    const [outcome] = get && verb !== "list" ? yield [callOn(get, row)] : [];
    const [whole = row] = rowsIn(outcome?.data ?? null, noun);
    return { kind: "found", text: `The ${spoken(noun)} ${lineOf(whole)}.`, noun, rows: [whole] };
  }
  const found = yield* rowsOf(wish, place, false);
  const [rows, many] = [verb === "count" ? [] : found.rows, count ? found.rows.length : found.total];
  const total = Number(many) || found.rows.length;
  const lines = rows.slice(0, 10).map((row) => `\n- ${lineOf(row)}`).join("");
  const more = rows.length > 0 && total > Math.min(10, rows.length)
    ? `\n- and ${total - Math.min(10, rows.length)} more`
    : "";
  const what = `${total === 0 ? "No" : many} ${described(wish, many === 1)}`;
  return { kind: "found", text: what + (lines ? `:${lines}${more}` : "."), noun, rows, total };
}

function* create({ subject: { noun, tools }, each, values, text, of }: Wish, place: Place): Part<Report> {
  const { name, fields } = toolFor({ noun, tools }, "create");
  const parents = yield* references(of, fields, place);
  const rows: Row[] = each ? yield* targets(each, place) : [{}];
  const main = fields.find((one) => text ? values[one.name] === text : one.kind === "text" && one.required)
    ?.name;
  const own = each && fields.find((one) => referred(one.name, place.vocabulary) === each.subject)?.name;
  const args = rows.map((row): Row => {
    const made = { ...(each && main && { [main]: titleOf(row) }), ...(own && { [own]: row.id ?? null }) };
    return { ...made, ...values, ...parents };
  });
  const made = args.map((one): Row => ({ title: one[main ?? ""] ?? "one" }));
  const outcomes = yield args.slice(0, MOST_WRITES).map((one) => ({ name, arguments: one }));
  return written(noun, outcomes, made, (titles) => `created the ${spoken(noun)} ${titles}`);
}

function* change(wish: Wish, place: Place): Part<Report> {
  const { subject, values, verb } = wish;
  const tool = toolFor(subject, verb);
  const to = listed(Object.entries(values).map(([field, value]) => spoken(`${field} ${value}`)));
  const can = tool.changes.map((one) =>
    spoken(one.name) + (one.values.length ? ` (${one.values.join(", ")})` : "")
  );
  if (verb === "update" && !to) throw new Stop(`Tell me what to change, and to what: ${can.join("; ")}.`);
  const rows = yield* targets(wish, place);
  const more = tool.fields.some(({ name }) => name === "updates") ? { updates: values } : values;
  const outcomes = yield rows.slice(0, MOST_WRITES).map((row) => callOn(tool, row, more));
  const say = (titles: string) => verb === "delete" ? `removed ${titles}` : `changed ${titles} (${to})`;
  return written(subject.noun, outcomes, rows, say);
}

/** What writes to these rows came to: what was really done, in these words where nobody has changed it. */
export function written(noun: string, made: Outcome[], rows: Row[], say: (titles: string) => string): Report {
  const done = rows.filter((_, i) => made[i]?.ok && !made[i]?.edited).map((row) => `**${titleOf(row)}**`);
  const others = made.filter(({ ok, edited }) => !ok || edited).map(({ ok, declined, message }) =>
    ok
      ? `As you changed it: ${message}`
      : declined
      ? "Then I leave it as it is."
      : `That did not work: ${message}`
  );
  const left = rows.length - made.length;
  if (left > 0) others.push(`I left out ${left} more: ${MOST_WRITES} at once are the most.`);
  const text = [...(done.length > 0 ? [`I ${say(listed(done))}.`] : []), ...new Set(others)].join(" ");
  const kind = made.some(({ ok, declined }) => ok || declined) ? "done" : "failed";
  return { kind, text, noun, rows: made.flatMap(({ ok, data }) => ok ? rowsIn(data, noun) : []) };
}

/** The rows that are to be changed: one, or all that fit. */
export function* targets(wish: Wish, place: Place): Part<Row[]> {
  if (wish.name !== undefined) return [yield* theRow(wish, place)];
  const { rows } = yield* rowsOf(wish, place, true);
  if (rows.length === 0) throw new Stop(`There are no ${described(wish, false)}, so nothing was changed.`);
  return rows;
}

const SORTS = { urgent: /priority|urgency|severity/, latest: /created|newest|latest|updated|date/ };

/** A list; where all of it is needed, what earlier steps have found, if that is all. */
function* rowsOf(wish: Wish, place: Place, all: boolean): Part<{ rows: Row[]; total: Json }> {
  const { subject: { noun }, where, query, count, order } = wish;
  const { known, role } = place.conversation;
  const earlier = all && role === "worker" && !JSON.stringify(known).includes('"cut":')
    ? rowsIn(known, noun)
    : [];
  const tool = earlier.length > 0 ? undefined : toolFor(wish.subject, "list");
  const args: Row = tool ? yield* references(wish.of, tool.fields, place) : {};
  for (const { name, list, values } of tool?.fields ?? []) {
    const [wanted, sort] = [where[name], values.find((one) => order && SORTS[order].test(one))];
    if (wanted && (list || wanted.length === 1)) args[name] = list ? wanted : wanted[0] ?? null;
    if (name === "query" && query) args.query = query;
    if (name === "sort_by" && sort) args.sort_by = sort;
    if (name === "limit" && (all || count)) args.limit = all || order === "urgent" ? 50 : count ?? null;
  }
  let [rows, total, cursor]: [Row[], Json, Json | undefined] = [earlier, earlier.length, undefined];
  for (let page = 0; tool && (page === 0 || all && cursor && page < MOST_PAGES); page++) {
    const call: Call = { name: tool.name, arguments: cursor ? { ...args, cursor } : args };
    const [outcome]: Outcome[] = yield [call];
    if (!outcome?.ok) throw new Stop(`I could not look that up: ${outcome?.message}`);
    rows = [...rows, ...rowsIn(outcome.data, noun)];
    [total, cursor] = [rowOf(outcome.data).total ?? rows.length, rowOf(outcome.data).next_cursor];
  }
  const has = (row: Row, name: string) => typeof row[name] !== "string" || where[name]?.includes(row[name]);
  const fit = rows.filter((row) => Object.keys(where).every((name) => has(row, name)));
  if (order === "urgent") fit.sort((a, b) => urgency(a) - urgency(b));
  return { rows: fit.slice(0, count), total: fit.length < rows.length ? fit.length : total };
}

/** The smaller, the more urgent. */
function urgency(row: Row): number {
  const urgent = [/"(?:urgent|critical|highest)"/, /"high"/, /"(?:medium|normal)"/, /"low"/];
  return urgent.findIndex((word) => word.test(JSON.stringify(row))) >>> 0;
}

/** The row that a wish names, or the one that the chat is about. */
export function* theRow(
  { subject, name, verb }: Pick<Wish, "subject" | "name" | "verb">,
  place: Place,
): Part<Row> {
  const { conversation: { known, answer, role }, focus } = place;
  const [noun, here = null] = [spoken(subject.noun), focus?.subject === subject ? focus.row : null];
  const nearby = rowsIn([{ [subject.noun]: here }, known], subject.noun);
  if (!name && nearby[0] && (here || role === "worker" && nearby.length === 1)) return nearby[0];
  if (!name) throw new Stop(`Tell me which ${noun} you mean.`);
  const called = /"([^"]+)"/.exec(answer ?? "")?.[1] ?? name;
  const [near, ...rivals] = meantBy(called, nearby);
  if (near && rivals.length === 0) return near;
  const tool = toolFor(subject, "list");
  const query: Row = tool.fields.some((field) => field.name === "query") ? { query: called } : {};
  const [outcome] = yield [{ name: tool.name, arguments: query }];
  const rows = rowsIn(outcome?.data ?? null, subject.noun);
  const [meant, ...more] = meantBy(called, rows);
  if (meant && more.length === 0) return meant;
  const nothing = `"${called}"${/get|list/.test(verb) ? "" : ", so nothing was changed"}.`;
  if (meant) {
    throw new Stop(`There are ${more.length + 1} ${plural(noun)} ${nothing} Tell me which you mean.`);
  }
  const others = answer ? "" : listed(rows.slice(0, 8).map((one) => `"${titleOf(one)}"`));
  const ask = others && `Which ${noun} is meant by "${called}": ${others}?`;
  throw Object.assign(new Stop(`I found no ${noun} ${nothing}`), { ask });
}

/** The ids of the rows that others belong to, in the fields that there are for them. */
function* references(of: Wish["of"], fields: Tool["fields"], place: Place): Part<Row> {
  const args: Row = {};
  for (const { noun, name } of of) {
    const field = fields.find((one) => referred(one.name, place.vocabulary)?.noun === noun)?.name;
    const subject = place.vocabulary.get(noun);
    if (!field || !subject) throw new Stop(`I can't tell what a ${spoken(noun)} has to do with that.`);
    const row = yield* theRow({ subject, name, verb: "get" }, place);
    args[field] = row[field] ?? row.id ?? null;
  }
  return args;
}

/** "lead deals of Acme". */
export function described({ where, subject: { noun }, of, query, order }: Wish, one: boolean): string {
  const which = Object.values(where).map((values) =>
    values.length > 2 ? "open" : spoken(values.join(" or "))
  );
  const whose = of.map((parent) =>
    `of ${parent.name ? `the ${spoken(parent.noun)} "${parent.name}"` : "this"}`
  );
  const [first, last] = [order === "urgent" ? "most urgent" : order, query && `about "${query}"`];
  return [first, ...which, spoken(one ? noun : plural(noun)), ...whose, last].filter(Boolean).join(" ");
}
