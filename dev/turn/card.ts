// What a person is asked, as a card of a few lines: what would be done, what it would change, why it is asked, and until
// when. All of it may come from anywhere, so it is shown as plain words.
import type { Approval, Effect } from "../../shared/contracts/approval.ts";
import type { Open } from "../../shared/contracts/read_event.ts";
import type { Json } from "../../shared/contracts/text.ts";
import { plainWords } from "../terminal/plain_words.ts";
import { clipped, type Style, wrapped } from "../terminal/style.ts";

interface CardCanvas {
  style: Style;
  /** Columns. */
  width: number;
  time_zone: string;
  /** How rows are called, by their ids, as far as the run has told: what the call's effects say goes before it. */
  names?: ReadonlyMap<string, string>;
}

const MOST_VALUE = 60;
const MOST_WORDS = 400;
/** A card is read at one look. */
const MOST_CHANGES = 12;

export function cardLines(approval: Open<Approval>, place: CardCanvas): string[] {
  const { style, width, time_zone } = place;
  const { name, arguments: args, effects, problem, why, remember, expires_at, step_number } = approval;
  const canvas = { ...place, names: new Map([...(place.names ?? []), ...namesIn(effects ?? [])]) };
  const step = step_number === undefined ? "" : `step ${step_number}: `;
  const words = (text: string) => plainWords(text, width - 4);
  const told = (text: string) => toldLines(text, canvas);
  const changes = (effects ?? []).flatMap((effect) => effectLines(effect, canvas));
  const shown = changes.slice(0, MOST_CHANGES);
  const more = changes.length - shown.length;
  return [
    style.bold(style.yellow(`? ${step}${words(name.replaceAll("_", " "))}`)),
    ...fieldLines(args, canvas).map((line) => `  ${style.dim(line)}`),
    ...(effects === null ? unknownLines(problem, canvas) : []),
    ...(effects?.length === 0 ? ["  It would change nothing."] : []),
    ...shown.map((line) => `  ${line}`),
    ...(more > 0 ? [`  and ${more} more lines`] : []),
    ...why.flatMap(({ text }) => told(text)),
    ...(remember === undefined ? [] : told(`May be allowed from now on: ${remember}`).map(style.dim)),
    `  ${style.dim(`Open until ${moment(expires_at, time_zone)}.`)}`,
  ].map((line) => clipped(line, width));
}

/** Without effects a read is told from a write by its having no problem either: it was not tried, having none. */
function unknownLines(problem: string | undefined, canvas: CardCanvas): string[] {
  if (problem === undefined) return ["  It only reads, with these arguments, and changes nothing."];
  return toldLines(problem, canvas).map(canvas.style.yellow);
}

/** A sentence, on as many lines as it takes. */
function toldLines(text: string, { width }: CardCanvas): string[] {
  return wrapped(plainWords(text, MOST_WORDS), width - 2).map((line) => `  ${line}`);
}

/** How the rows that are there are called, as the database has them; no tool has a say in it. */
function namesIn(effects: readonly Open<Effect>[]): [id: string, name: string][] {
  return effects.flatMap((effect) => {
    const row: Readonly<Record<string, Json | undefined>> = "changes" in effect
      ? { title: effect.title }
      : effect.op === "delete"
      ? effect.row
      : {};
    const name = row.title ?? row.name;
    const { id } = effect.key;
    return typeof id === "string" && typeof name === "string" ? [[id, name]] : [];
  });
}

/** "+ calendar_events", "~ tasks", "- notes", with the row's columns under it. */
function effectLines(effect: Open<Effect>, canvas: CardCanvas): string[] {
  const { style } = canvas;
  const words = (value: Json) => valueWords(value, canvas);
  const table = plainWords(effect.table.replace(/^public\./, ""), MOST_VALUE);
  // Whose row it is goes without saying.
  const { user_id: _user, ...id } = effect.key;
  const key = plainWords(Object.values(id).map(words).join(", "), 2 * MOST_VALUE);
  if ("changes" in effect) {
    const changes = Object.entries(effect.changes).map(([column, [before, after]]) =>
      `    ${plainWords(column, MOST_VALUE)}: ${style.red(words(before))} → ${style.green(words(after))}`
    );
    return [`${style.yellow("~")} ${table} ${style.dim(key)}`, ...changes];
  }
  const [mark, paint] = effect.op === "insert"
    ? ["+", style.green]
    : effect.op === "delete"
    ? ["-", style.red]
    : ["…", style.dim];
  return [
    `${paint(mark)} ${table} ${style.dim(key)}`,
    ...fieldLines(effect.row, canvas).map((line) => `    ${paint(line)}`),
  ];
}

function fieldLines(fields: Json, canvas: CardCanvas): string[] {
  if (fields === null || typeof fields !== "object" || Array.isArray(fields)) {
    return [valueWords(fields, canvas)];
  }
  return Object.entries(fields).filter(([, value]) => value !== null).map(([name, value]) =>
    `${plainWords(name, MOST_VALUE)}: ${valueWords(value, canvas)}`
  );
}

function valueWords(value: Json, { names }: CardCanvas): string {
  if (value === null) return "nothing";
  const name = typeof value === "string" ? names?.get(value) : undefined;
  if (name !== undefined) {
    return `"${plainWords(name, MOST_VALUE)}" (${plainWords(String(value), MOST_VALUE)})`;
  }
  return plainWords(typeof value === "string" ? value : JSON.stringify(value), MOST_VALUE) || '""';
}

function moment(iso: string, time_zone: string): string {
  return new Intl.DateTimeFormat("en-GB", {
    ...{ weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" },
    timeZone: time_zone,
  }).format(new Date(iso));
}
