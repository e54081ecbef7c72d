import assert from "node:assert/strict";
import { z } from "zod";
import { AgentError } from "../../shared/contracts/errors.ts";
import { ClientId } from "../../shared/contracts/request.ts";
import { parseChatId, parseInput } from "../../shared/http/parse.ts";
import { plainIssue } from "../../shared/http/plain_issue.ts";

function refusalOf(schema: z.ZodType, value: unknown): string {
  try {
    parseInput({ field: value }, z.strictObject({ field: schema }));
    return "taken";
  } catch (error) {
    assert.ok(error instanceof AgentError && error.kind === "bad_request", String(error));
    return error.message.replace(/^field[^:]*: /, "");
  }
}

/** By code of zod's: a schema, a value that it refuses, and what is said. */
const REFUSALS: Record<string, [schema: z.ZodType, value: unknown, says: string][]> = {
  invalid_type: [
    [z.string(), undefined, "is required"],
    [z.string(), 5, "must be text"],
    [z.number(), "5", "must be a number"],
    [z.int(), 1.5, "must be a whole number"],
    [z.boolean(), "yes", "must be true or false"],
    [z.array(z.string()), {}, "must be a list"],
    [z.object({}), null, "must be an object"],
    [z.record(z.string(), z.string()), [], "must be an object"],
    [z.null(), 1, "must be null"],
  ],
  too_big: [
    [z.string().max(200), "x".repeat(201), "must have at most 200 characters"],
    [z.array(z.string()).max(1), ["a", "b"], "must have at most 1 entry"],
    [z.number().max(3), 4, "must be at most 3"],
    [z.number().lt(3), 3, "must be less than 3"],
    [z.string().length(1), "ab", "must have exactly 1 character"],
  ],
  too_small: [
    [z.string().min(1), "", "must not be empty"],
    [z.array(z.string()).min(1), [], "must not be empty"],
    [z.string().min(2), "a", "must have at least 2 characters"],
    [z.number().min(3), 2, "must be at least 3"],
    [z.number().gt(3), 3, "must be more than 3"],
  ],
  invalid_value: [
    [z.enum(["a", "b"]), "c", "must be one of a, b"],
    [z.enum(["a", "b"]), undefined, "is required"],
    [z.literal("a"), "c", "must be a"],
  ],
  invalid_format: [
    [z.uuid(), "x", "must be a UUID"],
    [z.url(), "x", "must be a URL"],
    [z.email(), "x", "must be an e-mail address"],
    [z.iso.datetime(), "x", "must be a date and time such as 2026-01-31T12:00:00Z"],
    [z.iso.date(), "x", "must be a date such as 2026-01-31"],
    [z.string().regex(/^a/), "x", "is not written as it has to be"],
  ],
  not_multiple_of: [[z.number().multipleOf(2), 3, "must be a multiple of 2"]],
  unrecognized_keys: [[z.strictObject({}), { a: 1 }, "is not a known field"]],
  invalid_union: [
    [z.union([z.string(), z.number()]), true, "has none of the forms that are known here"],
    [z.union([z.string(), z.number()]), undefined, "is required"],
    [z.discriminatedUnion("t", [z.object({ t: z.literal("a") })]), { t: "b" }, "must be a"],
  ],
  invalid_key: [[z.record(z.string().max(1), z.string()), { long: "x" }, "is no name that can stand here"]],
  invalid_element: [[
    z.map(z.object({}), z.string()),
    new Map<unknown, unknown>([[{}, 1]]),
    "is not valid",
  ]],
  custom: [
    [z.string().refine(() => false), "x", "is not valid"],
    [z.string().refine(() => false, { error: "must rhyme" }), "x", "must rhyme"],
  ],
};

Deno.test("what is wrong with a request is said in plain words, whatever is wrong with it", () => {
  for (const [code, cases] of Object.entries(REFUSALS)) {
    for (const [schema, value, says] of cases) {
      assert.equal(z.object({ field: schema }).safeParse({ field: value }).error?.issues[0]?.code, code);
      assert.equal(refusalOf(schema, value), says, code);
    }
  }
});

Deno.test("a code that zod comes to have is said in plain words, too", () => {
  const unknown = z.string().superRefine((input, context) => {
    context.issues.push({
      code: "custom",
      input,
      message: plainIssue(JSON.parse('{"code":"new","input":1}')),
    });
  });
  assert.equal(refusalOf(unknown, "x"), "is not valid");
});

Deno.test("a chat's id is the same in a body and in a path: no control characters, 200 characters at most, no dots alone", () => {
  const good = ["a", "x".repeat(200), "ä b/c?d#e", "...", "a.b", "😀"];
  const bad = ["", "x".repeat(201), "a\u0000b", "a\nb", "a\u0085b", "a\ud83d", ".", ".."];
  for (const id of good) assert.deepEqual([ClientId.parse(id), parseChatId(id)], [id, id]);
  for (const id of bad) {
    assert.equal(ClientId.safeParse(id).success, false, JSON.stringify(id));
    assert.throws(() => parseChatId(id), /^AgentError: id: must |^id: must /, JSON.stringify(id));
  }
});
