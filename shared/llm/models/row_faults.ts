// What is wrong with settings that describe models, told so that a person can mend it: the place, the field, and the
// nearest right one where a name is misspelt.
import { closest, distance } from "fastest-levenshtein";
import { z } from "zod";
import { FIELDS, ModelRowOverride, ShortPrice } from "./model_row.ts";

/** Names from the documents of others, and what says it here. */
const OTHER_NAMES: Record<string, string> = {
  max_tokens_field: "it is called token_limit_field",
  thinking: "it is called think",
  echo_reasoning: "it is called echo, a list",
  routing: 'say it with extra_body, such as {"provider": {"require_parameters": true}}',
  json_mode: "leave it out: no request asks for a format of its answer",
};

/** What is wrong with a list of rows, each fault in words that follow the name of the list. */
export function rowListFaults(list: unknown): string[] {
  if (!Array.isArray(list)) return ["must be a JSON array of rows, each with the id of a model"];
  return list.flatMap((row: unknown, at) => {
    const { error } = ModelRowOverride.safeParse(row);
    return (error?.issues ?? []).flatMap((issue) => sentences(issue, { path: [], row })).map((fault) =>
      `row ${at + 1}${label(row)}: ${fault}`
    );
  });
}

/** What is wrong with prices by the ids of models, in words that follow the name of the object. */
export function priceFaults(prices: unknown): string[] {
  if (typeof prices !== "object" || prices === null || Array.isArray(prices)) {
    return ['must be a JSON object of prices by model, such as {"a-model": {"input": 1, "output": 2}}'];
  }
  return Object.entries(prices).flatMap(([id, price]: [string, unknown]) => {
    const { error } = ShortPrice.safeParse(price);
    const place: Place = { path: ["price"], row: { price } };
    return (error?.issues ?? []).flatMap((issue) => sentences(issue, place)).map((fault) =>
      `(${id}): ${fault}`
    );
  });
}

/** The word of `words` that is most likely meant, if any is. */
export function nearest(word: string, words: readonly string[]): string | null {
  const plain = word.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`).replaceAll("-", "_");
  if (words.length === 0) return null;
  const found = closest(plain, words);
  return distance(plain, found) <= Math.max(plain.length, found.length) / 2 ? found : null;
}

function label(row: unknown): string {
  const { data } = z.object({ id: z.string().min(1) }).safeParse(row);
  return data ? ` (${data.id})` : "";
}

interface Place {
  path: readonly PropertyKey[];
  /** What was given. */
  row: unknown;
}

function sentences(issue: z.core.$ZodIssue, within: Place): string[] {
  const place = { ...within, path: [...within.path, ...issue.path] };
  const name = place.path.join(".");
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownField(key, place));
  if (issue.code === "invalid_union") {
    // Inside an object that was meant: the union as a whole knows only that nothing fits.
    const inside = issue.errors.find((faults) => faults.some(isInside));
    if (inside) return inside.flatMap((fault) => sentences(fault, place));
  }
  if (issue.code === "invalid_key") return [`${name} ${issue.issues[0]?.message ?? issue.message}`];
  if (name === "") return ['it must be a JSON object, such as {"id": "a-model", "temperature": null}'];
  return [`${name} ${issue.message}`];
}

function isInside(fault: z.core.$ZodIssue): boolean {
  return fault.code === "unrecognized_keys" || fault.path.length > 0;
}

function unknownField(key: string, { path, row }: Place): string {
  const [parent] = path;
  if (parent === undefined && Object.hasOwn(OTHER_NAMES, key)) {
    return `there is no field ${key}; ${OTHER_NAMES[key]}`;
  }
  const fields = parent === "think" ? FIELDS.think : parent === "price" ? FIELDS.price : FIELDS.row;
  const given = Object.keys(Object(path.reduce<unknown>((value, step) => Object(value)[step], row)));
  const meant = nearest(key, fields.filter((field) => !given.includes(field)));
  const body = fields === FIELDS.row ? "; what is for the host's eyes goes into extra_body" : "";
  const hint = meant === null ? `the fields are ${fields.join(", ")}${body}` : `did you mean ${meant}?`;
  return `there is no field ${key}${parent === undefined ? "" : ` in ${path.join(".")}`}; ${hint}`;
}
