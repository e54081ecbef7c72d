// The rows that a wish speaks of: looked up, or known from what the prompt says.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Call, type Outcome, type Row, rowOf } from "./conversation.ts";
import { type Part, type Place, Stop, toolFor } from "./replay.ts";
import { meantBy, rowsIn, titleOf } from "./rows.ts";
import { listed, plural, referred, spoken, type Tool } from "./vocabulary.ts";
import type { Wish } from "./wish.ts";

const MOST_PAGES = 5;

/** The rows that are to be changed: one, or all that fit. */
export function* targets(wish: Wish, place: Place): Part<Row[]> {
  if (wish.name !== undefined) return [yield* theRow(wish, place)];
  const { rows } = yield* rowsOf(wish, place, true);
  if (rows.length === 0) throw new Stop(`There are no ${described(wish, false)}, so nothing was changed.`);
  return rows;
}

const SORTS = { urgent: /priority|urgency|severity/, latest: /created|newest|latest|updated|date/ };

/** A list; where all of it is needed, what earlier steps have found, if that is all. */
export function* rowsOf(wish: Wish, place: Place, all: boolean): Part<{ rows: Row[]; total: Json }> {
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
export function* references(of: Wish["of"], fields: Tool["fields"], place: Place): Part<Row> {
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
