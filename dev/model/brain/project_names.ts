// Finds the names of projects in what people and plans write: quoted, known from elsewhere, or beside the word
// "project".
import { bestMatch } from "./match.ts";

const NO_NAME =
  "(?:[Mm]y|[Tt]he|[Aa]ll|[Oo]pen|[Ee]very|[Ee]ach|[Ww]hat|[Ww]hich|[Hh]ow|[Aa]ny|[Nn]ew|[Aa]nd|[Aa]ctive|[Pp]aused|[Ww]eek|[Dd]ay|[Mm]onth|[Ff]or|[Tt]his|[Nn]ext|[Pp]rojects?)";
const WORD = String.raw`(?!${NO_NAME}\b)[\p{L}\d][\p{L}\d&'’.-]*`;
const NAME = String.raw`${WORD}(?: ${WORD}){0,3}`;
const LEAD = String.raw`\b(?:the|my|our|for|of|in|on|update|refresh|review|plan|pause|archive|resume)`;

const QUOTED_AFTER = /\bprojects? (?:called |named )?((?:["“][^"”]+["”](?:,? and |, )?)+)/giu;
const QUOTED_BEFORE = /["“]([^"”]+)["”] project\b/giu;
const LISTED_BEFORE = new RegExp(
  String.raw`${LEAD} ((?:${NAME}(?:, and |, | and )(?:the |my )?)*${NAME}) projects?\b`,
  "giu",
);
const CAPITAL_AFTER = /\bproject (?:called |named )?(\p{Lu}[\p{L}\d&'’.-]*(?: \p{Lu}[\p{L}\d&'’.-]*){0,3})/gu;

/** The names of the projects that a text is about; one of `known` that is meant is given by its full name. */
export function projectNames(text: string, known: readonly string[] = []): string[] {
  const quoted = [
    ...Array.from(text.matchAll(QUOTED_AFTER), (match) => quotedIn(match[1] ?? "")).flat(),
    ...Array.from(text.matchAll(QUOTED_BEFORE), (match) => match[1] ?? ""),
  ];
  if (quoted.length > 0) return distinct(quoted, known);
  const mentioned = known.filter((name) => mentions(text, name));
  const listed = Array.from(text.matchAll(LISTED_BEFORE), (match) => splitNames(match[1] ?? "")).flat();
  const named = [...mentioned, ...listed];
  if (named.length > 0) return distinct(named, known).toSorted((a, b) => placeOf(a, text) - placeOf(b, text));
  return distinct(Array.from(text.matchAll(CAPITAL_AFTER), (match) => match[1] ?? ""), known);
}

function distinct(names: readonly string[], known: readonly string[]): string[] {
  const full = names.map((name) => name.trim().replace(/[.,;:!?]+$/, "")).filter((name) => name !== "")
    .map((name) => bestMatch(name, known, (one) => one) ?? name);
  return full.filter((name, index) =>
    full.findIndex((other) => other.toLowerCase() === name.toLowerCase()) === index
  );
}

/** Where the text begins to speak of it. */
function placeOf(name: string, text: string): number {
  const [first = name] = name.split(" ");
  const at = text.toLowerCase().indexOf(first.toLowerCase());
  return at < 0 ? text.length : at;
}

function mentions(text: string, name: string): boolean {
  return new RegExp(`(^|[^\\p{L}])${name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}($|[^\\p{L}])`, "iu").test(
    text,
  );
}

function quotedIn(text: string): string[] {
  return Array.from(text.matchAll(/["“]([^"”]+)["”]/gu), (match) => match[1] ?? "");
}

function splitNames(list: string): string[] {
  return list.split(/, and |, | and /i).map((name) =>
    name.replace(/^(?:the|my|our|update|refresh|review|plan) /i, "")
  );
}
