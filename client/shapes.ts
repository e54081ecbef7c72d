// What a value from the server must be, at the least. Fields and members that nobody asks for pass as they came: the
// server may be newer than the client.
//
// A shape is a text: the names of its fields, and behind each what it holds. That is text where nothing is said, `#` a
// number, `!` a flag, `*` any JSON, `@name` a value of that shape, and `@` one of the shape that is named as the field
// is; then `+` where it is a list of these; and at the end `?` where it may be absent, `~` where it may be null.

export type Guard<T> = (value: unknown) => value is T;

const approval = "tool_call_id name arguments* arguments_sha256 why@+ effects@+~ expires_at";

/** The shapes that others name. */
export const SHAPES: Readonly<Record<string, string>> = {
  agent: "id type step_number#?",
  usage:
    "input_tokens# output_tokens# cached_tokens# reasoning_tokens# model_calls# cost_usd#~ estimated! cost_estimated!",
  steps: "step_number# title task executor_required! tools+ depends_on#+",
  plan: "id revision# goal steps@+",
  result: "status summary open_questions+?",
  why: "by text",
  // Rows and their columns are the database's, and shown as they came.
  effects: "table op key*",
  approvals: approval,
  open: `${approval} run_id session_id`,
  error: "kind message retryable! run_id? status? field?",
  // Of a row there has to be what the client itself goes by.
  named: "name",
  runs: "id status",
};

/** A guard for values that have these fields. That they are a `T` then is for the contract, and the tests, to say. */
export function shaped<T>(fields: string): Guard<T> {
  return (value): value is T =>
    value instanceof Object && fields.split(" ").every((field) => {
      const [, name = "", kind = "", of, list, lack] = /(\w+)([#!*@]?)(\w*)(\+?)(.?)/.exec(field) ?? [];
      const found: unknown = Reflect.get(value, name);
      const fits = (one: unknown) =>
        kind === "@"
          ? shaped(SHAPES[of || name] ?? "")(one)
          : kind === "*"
          ? one !== undefined
          : typeof one === (kind === "#" ? "number" : kind ? "boolean" : "string");
      if (lack === "?" && found === undefined || lack === "~" && found === null) return true;
      return list ? Array.isArray(found) && found.every(fits) : fits(found);
    });
}

/** A guard for a list of these. */
export function listOf<T>(guard: Guard<T>): Guard<T[]> {
  return (value): value is T[] => Array.isArray(value) && value.every(guard);
}
