// What may be said of a model: one row has everything in which hosts differ about what they are sent. The same
// schema reads LLM_MODEL_TABLE, so each field says what it may be.
import { z } from "zod";
import { JsonSchema } from "../../contracts/text.ts";

const PROFILES = ["balanced", "speed"] as const;
const SWITCHES = [
  "none",
  "thinking",
  "reasoning",
  "reasoning_effort",
  "chat_template_kwargs",
  "enable_thinking",
] as const;
const ECHOED = ["reasoning_content", "reasoning", "reasoning_details", "extra_content"] as const;

/** What a row may not say of a request's body, because the request itself does. */
const OWN_FIELDS = ["model", "messages", "tools", "tool_choice", "stream"];
/** What a row may not say of a request's headers, because the connection itself does. */
const OWN_HEADERS = ["host", "connection", "content-length", "content-type", "transfer-encoding"];

const oneOf = <const T extends readonly string[]>(words: T) =>
  z.enum(words, { error: `must be one of ${words.join(", ")}` });
const listOf = <const T extends readonly string[]>(words: T) =>
  z.array(oneOf(words), { error: `must be a list of ${words.join(", ")}` });
const Flag = z.boolean({ error: "must be true or false" });

const Fragment = z.record(z.string(), JsonSchema, { error: "must be a JSON object" })
  .superRefine((body, context) => {
    for (const name of OWN_FIELDS.filter((field) => Object.hasOwn(body, field))) {
      context.addIssue({ code: "custom", message: `may not name ${name}, which the request itself sets` });
    }
  });

const HEADERS = 'must be a JSON object of names and texts, such as {"x-title": "chat"}';
const Headers = z.record(
  z.string().regex(/^[\w!#$%&'*+.^`|~-]+$/, "must be the name of a header"),
  z.string({ error: "must be a text" }).regex(
    /^[\t\x20-\x7e]*$/,
    "must be a text without line breaks, in ASCII",
  ),
  { error: HEADERS },
).superRefine((headers, context) => {
  for (const name of Object.keys(headers).filter((header) => OWN_HEADERS.includes(header.toLowerCase()))) {
    context.addIssue({ code: "custom", message: `may not name ${name}, which the connection itself sets` });
  }
});

const Dollars = z.number({ error: "must be a number of dollars" }).min(0, "must be at least 0");

/** In US dollars per million tokens. */
export const Price = z.strictObject({ input: Dollars, cached_input: Dollars, output: Dollars }, {
  error: 'must be null or dollars per million tokens, such as {"input": 1, "cached_input": 0.1, "output": 2}',
});
export type ModelPrice = z.infer<typeof Price>;

/** Fragments of the body that switch thinking on and off. */
const OwnSwitch = z.strictObject({ on: Fragment, off: Fragment });

export const ModelRow = z.strictObject({
  id: z.string({ error: "must be the id of a model" }).min(1, "must be the id of a model"),
  /** Absent: the profile's own. Null: none is sent. */
  temperature: z.number({ error: "must be a number, or null for a model that takes none" })
    .min(0, "must be at least 0").max(2, "must be at most 2").nullable().optional(),
  token_limit_field: oneOf(["max_tokens", "max_completion_tokens"]),
  /** Asks for the usage in the stream, with `stream_options: { include_usage: true }`. */
  stream_usage: Flag,
  /** Merged into the body last. */
  extra_body: Fragment,
  extra_headers: Headers,
  /** How thinking is switched on and off: by which field of the body, or by the host's own fragments of it. */
  think: z.union([oneOf(SWITCHES), OwnSwitch], {
    error: `must be one of ${SWITCHES.join(", ")}, or {"on": {…}, "off": {…}} with fragments of the body`,
  }),
  /** The profiles it thinks for. Thinking is paid as output and eats the output limit: off unless listed. */
  think_for: listOf(PROFILES),
  /** What of an assistant's message goes back to the model that wrote it. */
  echo: listOf(ECHOED),
  /** At a run's last turn the tools stay, with `tool_choice: "none"`, where the history holds calls. */
  tool_choice_none: Flag,
  /** The content of an assistant's message that only calls tools. */
  content_beside_calls: z.union([z.literal(""), z.null()], { error: 'must be "" or null' }),
  /** The user and the assistant take turns, and the user begins. */
  alternate_roles: Flag,
  /** `nine`: every id of a call has nine letters and digits. */
  call_ids: oneOf(["free", "nine"]),
  /** The words of tools' parameters: JSON Schema, or OpenAPI 3.0, which has no list of types. */
  tool_schemas: oneOf(["json_schema", "openapi"]),
  /** Sends `strict: true` with every tool; the host then refuses schemas it can't enforce. */
  strict_tools: Flag,
  /** The fields that carry the end user's pseudonym. */
  user_fields: listOf(["user", "user_id"]),
  price: Price.nullable(),
});
export type ModelRow = z.infer<typeof ModelRow>;
export type ThinkSwitch = ModelRow["think"];
/** What a host, a family or a single model says of a row. */
export type RowPart = Partial<Omit<ModelRow, "id">>;

/** A row from the environment: the model's id and the fields that differ. */
export const ModelRowOverride = ModelRow.partial().extend({ id: ModelRow.shape.id });
export type ModelRowOverride = z.infer<typeof ModelRowOverride>;

const PriceOfTwo = Price.partial({ cached_input: true });
/** A price of which two numbers are enough: cached input costs as much as other input unless told otherwise. */
export const ShortPrice = PriceOfTwo.transform(({ input, cached_input = input, output }) => ({
  input,
  cached_input,
  output,
}));

/** The fields of a row, and of its parts that have fields of their own. */
export const FIELDS = {
  row: Object.keys(ModelRow.shape),
  think: Object.keys(OwnSwitch.shape),
  price: Object.keys(Price.shape),
};
