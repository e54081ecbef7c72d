// How one wish is carried out: what it shows, makes, changes or removes, and what is said of it.
import type { Outcome, Row } from "./conversation.ts";
import { described, references, rowsOf, targets, theRow } from "./look_up.ts";
import { callOn, type Part, type Place, type Report, Stop, toolFor } from "./replay.ts";
import { lineOf, rowsIn, titleOf } from "./rows.ts";
import { listed, referred, spoken } from "./vocabulary.ts";
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
    const [outcome] = get && verb !== "list" ? yield [callOn(get, row)] : [];
    const [whole = row] = rowsIn(outcome?.data ?? null, noun);
    return { kind: "found", text: `The ${spoken(noun)} ${lineOf(whole)}.`, noun, rows: [whole] };
  }
  const found = yield* rowsOf(wish, place, false);
  const [rows, many] = [verb === "count" ? [] : found.rows, count ? found.rows.length : found.total];
  const total = Number(many) || found.rows.length;
  const what = `${total === 0 ? "No" : many} ${described(wish, many === 1)}`;
  const most = (words: string[], n: number) =>
    total > n ? [...words.slice(0, n), `${total - n} more`] : words;
  const names = rows.length > 0 ? `: ${listed(most(rows.map(titleOf), 5))}` : "";
  const lines = most(rows.map(lineOf), 10).map((line) => `\n- ${line}`).join("");
  return { kind: "found", text: `${what}${names}.`, lines: names && `${what}:${lines}`, noun, rows, total };
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
