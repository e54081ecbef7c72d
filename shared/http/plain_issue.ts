// What is wrong with a request, in words that a person can read: applications show these sentences as they come.
import type { z } from "zod";

type Issue = z.core.$ZodRawIssue;

/** The house's sentence for an issue of a schema that has none of its own. It goes behind the field's name. */
export function plainIssue(issue: Issue): string {
  if (issue.input === undefined && ABSENT.has(issue.code)) return "is required";
  switch (issue.code) {
    case "invalid_type":
      return `must be ${TYPES[issue.expected] ?? "of another type"}`;
    case "too_small":
    case "too_big":
      return sizeWords(issue);
    case "invalid_value":
      return optionWords(issue.values);
    case "invalid_format":
      return FORMATS[issue.format] ?? "is not written as it has to be";
    case "not_multiple_of":
      return `must be a multiple of ${issue.divisor}`;
    case "unrecognized_keys":
      return "is not a known field";
    case "invalid_union":
      return issue.discriminator !== undefined && Array.isArray(issue.options)
        ? optionWords(issue.options)
        : "has none of the forms that are known here";
    case "invalid_key":
      return "is no name that can stand here";
    case "invalid_element":
    case "custom":
      return "is not valid";
    default:
      return "is not valid";
  }
}

/** What these say where nothing was sent would be about a value. */
const ABSENT: ReadonlySet<string> = new Set(["invalid_type", "invalid_value", "invalid_union"]);

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  number: "a number",
  int: "a whole number",
  bigint: "a whole number",
  boolean: "true or false",
  array: "a list",
  tuple: "a list",
  set: "a list",
  object: "an object",
  record: "an object",
  map: "an object",
  null: "null",
  date: "a date",
  nan: "a number",
};

const FORMATS: Readonly<Record<string, string>> = {
  uuid: "must be a UUID",
  guid: "must be a UUID",
  url: "must be a URL",
  email: "must be an e-mail address",
  datetime: "must be a date and time such as 2026-01-31T12:00:00Z",
  date: "must be a date such as 2026-01-31",
  time: "must be a time such as 12:00:00",
};

function sizeWords(issue: Extract<Issue, { code: "too_small" | "too_big" }>): string {
  const { code, origin, inclusive, exact } = issue;
  const bound = Number(code === "too_small" ? issue.minimum : issue.maximum);
  const unit = UNITS[origin];
  if (unit === undefined) {
    if (code === "too_small") return `must be ${inclusive === false ? "more than" : "at least"} ${bound}`;
    return `must be ${inclusive === false ? "less than" : "at most"} ${bound}`;
  }
  if (code === "too_small" && bound === 1 && !exact) return "must not be empty";
  const some = exact ? "exactly" : code === "too_small" ? "at least" : "at most";
  return `must have ${some} ${bound} ${bound === 1 ? unit.replace(/ies$/, "y").replace(/s$/, "") : unit}`;
}

const UNITS: Readonly<Record<string, string>> = {
  string: "characters",
  array: "entries",
  set: "entries",
  map: "entries",
  file: "bytes",
};

function optionWords(options: readonly unknown[]): string {
  return options.length === 1 ? `must be ${options[0]}` : `must be one of ${options.join(", ")}`;
}
