// How one wish is carried out: look-ups, then writes, then a report. It is written as if results came at once; what was
// called before is played back, so that it goes on from wherever the conversation stands.
import type { Json } from "../../../shared/contracts/text.ts";
import { type Call, type Conversation, type Outcome, type Row, rowOf } from "./conversation.ts";
import { lineOf, meantBy, rowsIn, titleOf } from "./rows.ts";
import {
  plural,
  referred,
  spoken,
  type Subject,
  type Tool,
  type Verb,
  type Vocabulary,
} from "./vocabulary.ts";
import type { Focus, Parent, Wish } from "./wish.ts";

/** What came of a wish. */
export interface Report {
  /** What was found, in a sentence. */
  found?: string;
  noun: string;
  /** What was found or written, and how many rows there are in all. */
  rows: Row[];
  total?: number;
  /** Such as "created the deal **Expansion**", with a line each; and sentences about what was left as it is. */
  done: string[];
  lines: string[];
  left: string[];
  problem?: string;
  /** Who could be meant, where nobody is called so. */
  ask?: string;
}

export type Place = { conversation: Conversation; vocabulary: Vocabulary; focus?: Focus };
export type Part<T> = Generator<Call[], T, Outcome[]>;

/** Ends a wish that can't be carried out. */
class Stop extends Error {
  constructor(problem: string, readonly ask?: string) {
    super(problem);
  }
}

export const report = (told: Partial<Report>): Report => ({
  noun: "",
  rows: [],
  done: [],
  lines: [],
  left: [],
  ...told,
});
/** Rows that one wish changes at most, and pages of a list that it reads. */
const MOST_WRITES = 12;
const MOST_PAGES = 5;

/** The next calls, or what came of it all. */
export function replay(work: Part<Report>, { calls, forgotten }: Conversation): Call[] | Report {
  try {
    let step = work.next();
    while (!step.done) {
      const made = step.value.map((call) => calls.filter((past) => sameCall(past, call)));
      const outcomes = made.flatMap((past) => past.findLast(({ outcome }) => outcome)?.outcome ?? []);
      if (outcomes.length < made.length) {
        if (!forgotten && made.every((past) => past.length < 2)) {
          return step.value.filter((_, i) => !made[i]?.length);
        }
        throw new Stop("What I found did not stay in my prompt, so I stopped there.");
      }
      step = work.next(outcomes);
    }
    return step.value;
  } catch (stop) {
    if (stop instanceof Stop) return report({ problem: stop.message, ask: stop.ask });
    throw stop;
  }
}

export function sameCall(a: Call, b: Call): boolean {
  return a.name === b.name && JSON.stringify(a.arguments) === JSON.stringify(b.arguments);
}

export function carryOut(wish: Wish, place: Place): Part<Report> {
  if (wish.verb === "create") return create(wish, place);
  return wish.verb === "update" || wish.verb === "delete"
    ? change(wish, place, wish.verb)
    : show(wish, place);
}

export function toolFor({ noun, tools }: Subject, action: Verb): Tool {
  const tool = tools[action];
  if (!tool) throw new Stop(`I have no tool here to ${action} ${plural(spoken(noun))}.`);
  return tool;
}

/** A call that names this row, as far as the row says. */
export function callOn({ name, keys }: Tool, row: Row, more: Row = {}): Call {
  const named = keys.map((key): [string, Json] => [key, row[key] ?? (keys.length === 1 && row.id) ?? null]);
  return { name, arguments: { ...Object.fromEntries(named), ...more } };
}

function* show(wish: Wish, place: Place): Part<Report> {
  const { subject: { noun, tools }, verb } = wish;
  if (wish.name !== undefined) {
    const row = yield* theRow(wish, place);
    const [outcome] = tools.get && verb !== "list" ? yield [callOn(tools.get, row)] : [];
    const [whole = row] = rowsIn(outcome?.data ?? null, noun);
    return report({ noun, rows: [whole], found: `The ${spoken(noun)} ${lineOf(whole)}` });
  }
  const { rows, total } = yield* rowsOf(wish, place, false);
  const count = wish.count ? rows.length : total;
  const found = `${rows.length === 0 ? "No" : count} ${described(wish, count === 1)}`;
  return report({ noun, found, rows: verb === "count" ? [] : rows, total: Number(count) || rows.length });
}

function* create({ subject, each, values, text, of }: Wish, place: Place): Part<Report> {
  const { name, fields } = toolFor(subject, "create");
  const parents = yield* references(of, fields, place);
  const rows = each ? yield* targets(each, place) : [{}];
  const main =
    fields.find((one) => text ? values[one.name] === text : one.kind === "text" && one.required)?.name ?? "";
  const own = each && fields.find((one) => referred(one.name, place.vocabulary) === each.subject)?.name;
  const calls = rows.slice(0, MOST_WRITES).map((row: Row): Call => {
    const made = { ...(each && main && { [main]: titleOf(row) }), ...(own && { [own]: row.id ?? null }) };
    return { name, arguments: { ...made, ...values, ...parents } };
  });
  const what = `created the ${spoken(subject.noun)}`;
  const words = calls.map(({ arguments: args }) => args[main] ? `${what} **${args[main]}**` : what);
  return written(subject.noun, yield calls, words, rows.length - calls.length);
}

function* change(wish: Wish, place: Place, action: "update" | "delete"): Part<Report> {
  const { subject: { noun }, values } = wish;
  const tool = toolFor(wish.subject, action);
  const fields = Object.entries(values).map(([field, value]) =>
    `${spoken(field)} ${value}`.replaceAll("_", " ")
  );
  if (action === "update" && fields.length === 0) {
    const can = tool.changes.map((one) =>
      spoken(one.name) + (one.values.length ? ` (${one.values.join(", ")})` : "")
    );
    throw new Stop(`Tell me what to change, and to what. A ${spoken(noun)} has: ${can.join("; ")}.`);
  }
  const rows = yield* targets(wish, place);
  const some = rows.slice(0, MOST_WRITES);
  const nested = tool.fields.some(({ name }) => name === "updates");
  const outcomes = yield some.map((row) => callOn(tool, row, nested ? { updates: values } : values));
  const words = some.map(titleOf).map((title) =>
    action === "delete" ? `removed **${title}**` : `changed **${title}** (${fields.join(", ")})`
  );
  return written(noun, outcomes, words, rows.length - some.length);
}

/** What writes came to: what was really done, in these words where nobody has changed it. */
export function written(
  noun: string,
  outcomes: readonly Outcome[],
  words: readonly string[],
  more: number,
): Report {
  const failed = new Set(
    outcomes.filter(({ ok, declined }) => !ok && !declined).map(({ message }) => message),
  );
  const told = outcomes.map(({ edited, message }, i) =>
    edited ? `did it as you changed it: ${message.replace(/\.$/, "")}` : words[i] ?? ""
  );
  const left = outcomes.some(({ declined }) => declined) ? ["Then I leave it as it is."] : [];
  if (more > 0) left.push(`I left out ${more} more: ${MOST_WRITES} at once are the most.`);
  const rows = outcomes.flatMap(({ ok, data }) => ok ? rowsIn(data, noun) : []);
  const problem = failed.size > 0 ? `That did not work: ${[...failed].join(" ")}` : undefined;
  return report({ noun, rows, done: told.filter((_, i) => outcomes[i]?.ok), left, problem });
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
  const whole = all && role === "worker" && !JSON.stringify(known).includes('"cut":')
    ? rowsIn(known, noun)
    : [];
  const tool = whole.length > 0 ? undefined : toolFor(wish.subject, "list");
  const args: Row = tool ? yield* references(wish.of, tool.fields, place) : {};
  for (const { name, list, values } of tool?.fields ?? []) {
    const [wanted, sort] = [where[name], values.find((one) => order && SORTS[order].test(one))];
    if (wanted && (list || wanted.length === 1)) args[name] = list ? wanted : wanted[0] ?? null;
    if (name === "query" && query) args.query = query;
    if (name === "sort_by" && sort) args.sort_by = sort;
    if (name === "limit" && (all || count)) args.limit = all ? 50 : count ?? null;
  }
  let [rows, total, cursor]: [Row[], Json, Json | undefined] = [whole, whole.length, undefined];
  for (let page = 0; tool && (page === 0 || all && cursor && page < MOST_PAGES); page++) {
    const [outcome] = yield [{ name: tool.name, arguments: cursor ? { ...args, cursor } : args }];
    if (!outcome?.ok) throw new Stop(`I could not look that up: ${outcome?.message}`);
    const data = rowOf(outcome.data);
    rows = [...rows, ...rowsIn(data, noun)];
    [total, cursor] = [data.total ?? rows.length, data.next_cursor];
  }
  const fit = rows.filter((row) => Object.keys(where).every((name) => has(row, name, where[name] ?? [])));
  const sorted = order === "urgent" ? fit.toSorted((a, b) => urgency(a) - urgency(b)) : fit;
  return { rows: sorted.slice(0, count), total: fit.length < rows.length ? fit.length : total };
}

const has = (row: Row, name: string, values: string[]) =>
  typeof row[name] !== "string" || values.includes(row[name]);
const URGENT = [/"(?:urgent|critical|highest)"/, /"high"/, /"(?:medium|normal)"/, /"low"/];

/** The smaller, the more urgent. */
export function urgency(row: Row): number {
  return (URGENT.findIndex((word) => word.test(JSON.stringify(row))) + URGENT.length + 1) %
    (URGENT.length + 1);
}

/** The row that a wish names, or the one that the chat is about. */
export function* theRow({ subject, name, verb }: Omit<Wish, "said">, place: Place): Part<Row> {
  const { conversation: { known, answer, role }, focus } = place;
  const [noun, here] = [spoken(subject.noun), focus?.subject === subject ? focus.row : undefined];
  const nearby = rowsIn([{ [subject.noun]: here ?? null }, known], subject.noun);
  if (typeof name !== "string") {
    if (nearby[0] && (here || role === "worker" && nearby.length === 1)) return nearby[0];
    throw new Stop(`Tell me which ${noun} you mean.`);
  }
  const called = /"([^"]+)"/.exec(answer ?? "")?.[1] ?? name;
  const [near, ...rivals] = meantBy(called, nearby);
  if (near && rivals.length === 0) return near;
  const tool = toolFor(subject, "list");
  const query = tool.fields.some((field) => field.name === "query");
  const [outcome] = yield [{ name: tool.name, arguments: query ? { query: called } : {} }];
  const rows = rowsIn(outcome?.data ?? null, subject.noun);
  const [meant, ...more] = meantBy(called, rows);
  if (meant && more.length === 0) return meant;
  const nothing = `"${called}"${["get", "list"].includes(verb) ? "" : ", so nothing was changed"}.`;
  if (meant) {
    throw new Stop(`There are ${more.length + 1} ${plural(noun)} ${nothing} Tell me which you mean.`);
  }
  const others = answer ? "" : listed(rows.slice(0, 8).map((one) => `"${titleOf(one)}"`));
  throw new Stop(
    `I found no ${noun} ${nothing}`,
    others && `Which ${noun} is meant by "${called}": ${others}?`,
  );
}

/** The ids of the rows that others belong to, in the fields that there are for them. */
function* references(of: readonly Parent[], fields: Tool["fields"], place: Place): Part<Row> {
  const args: Row = {};
  for (const { noun, name = null } of of) {
    const field = fields.find((one) => referred(one.name, place.vocabulary)?.noun === noun)?.name;
    const subject = place.vocabulary.get(noun);
    if (!field || !subject) throw new Stop(`I can't tell what a ${spoken(noun)} has to do with that.`);
    const row = yield* theRow({ subject, name, verb: "get", where: {}, of: [], values: {} }, place);
    args[field] = row[field] ?? row.id ?? null;
  }
  return args;
}

/** "lead deals of Acme". */
export function described({ where, subject: { noun }, of, query }: Wish, one: boolean): string {
  const which = Object.values(where).map((values) =>
    values.length > 2 ? "open" : values.join(" or ").replaceAll("_", " ")
  );
  const whose = of.map((parent) =>
    `of ${parent.name ? `the ${spoken(parent.noun)} "${parent.name}"` : "this"}`
  );
  return [...which, spoken(one ? noun : plural(noun)), ...whose, ...(query ? [`about "${query}"`] : [])].join(
    " ",
  );
}

/** "a, b and c". */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}
