import assert from "node:assert/strict";
import { z } from "zod";
import type { Json } from "../../shared/contracts/text.ts";
import { changes, clearable, Id, limit, Moment } from "../../shared/tools/fields.ts";
import { argumentReader } from "../../shared/tools/read_arguments.ts";

const Args = z.strictObject({
  id: Id,
  other_id: Id.optional(),
  status: z.array(z.enum(["backlog", "in_progress", "done", "blocked"])).optional(),
  text: z.string().optional(),
  flag: z.boolean().default(false),
  limit: limit(10, 20),
  at: Moment.optional(),
  updates: changes({ title: z.string().optional(), count: z.int().optional(), due: clearable(Moment) })
    .optional(),
});
const { read: reader, mend } = argumentReader(Args);
const id = "a0000000-0000-4000-8000-000000000001";

const value = (raw: Json) => {
  const read = reader(raw);
  assert.ok(read.ok, read.ok ? "" : read.problem);
  return read.value;
};
const problem = (raw: Json) => {
  const read = reader(raw);
  assert.ok(!read.ok);
  return read.problem;
};

Deno.test("null, and an empty string where text makes no sense, mean that a field was left out", () => {
  const read = value({
    id,
    other_id: "",
    status: null,
    text: null,
    flag: null,
    limit: null,
    at: "",
    updates: null,
  });
  assert.deepEqual(read, { id, flag: false, limit: 10 });
  assert.equal(value({ id, text: "" }).text, "");
});

Deno.test("one value where a list is asked for is a list of one; a quoted number or boolean is what it says", () => {
  const read = value({ id, status: "done", limit: "5", flag: "True", updates: { count: "3" } });
  assert.deepEqual([read.status, read.limit, read.flag, read.updates?.count], [["done"], 5, true, 3]);
});

Deno.test("what is mended can be seen, and has nothing left to be mended", () => {
  const args = { id: id.toUpperCase(), status: "done", limit: "5", flag: "TRUE ", text: "5", at: null };
  const mended = { id, status: ["done"], limit: 5, flag: true, text: "5" };
  assert.deepEqual(mend(args), mended);
  assert.deepEqual(mend(mended), mended);
  assert.deepEqual(mend(null), {});
  assert.deepEqual(
    mend({ id, staus: "x", limit: [] }),
    { id, staus: "x", limit: [] },
    "what does not fit stays",
  );
});

Deno.test("an unknown field is never ignored, and the known ones are named", () => {
  assert.equal(
    problem({ id, staus: ["done"] }),
    'Unknown argument: "staus". Known: id, other_id, status, text, flag, limit, at, updates.',
  );
  assert.equal(
    problem({ id, updates: { titel: "x" } }),
    'Unknown field in updates: "titel". Known: title, count, due. updates: needs at least one of title, count, due.',
  );
});

Deno.test("what does not fit is answered with the field and what would be right", () => {
  assert.equal(problem({}), "id is required.");
  assert.equal(problem(null), "id is required.");
  assert.equal(problem({ id: "Website" }), "id: must be a uuid, as a list or search tool returned it.");
  assert.match(problem({ id, status: ["open"] }), /^status\.0: expected one of "backlog"\|"in_progress"/);
  assert.equal(problem({ id, limit: 0 }), "limit: must be at least 1.");
  assert.equal(problem({ id, flag: 3 }), "flag: expected boolean, received number.");
  assert.match(problem({ id, at: "next Tuesday" }), /^at: must be a date and time such as 2026-11-23T09:00/);
  assert.equal(problem({ id, updates: {} }), "updates: needs at least one of title, count, due.");
  assert.equal(
    problem({ id, updates: { title: null } }),
    "updates: needs at least one of title, count, due.",
  );
  assert.equal(problem([]), "The arguments: expected object, received array.");
  assert.equal(problem("{}"), "The arguments: expected object, received string.");
});

Deno.test("a limit above the most there is gives the most there is", () => {
  assert.equal(value({ id, limit: 1_000 }).limit, 20);
});

Deno.test("null clears a field that can be cleared, and an absent or empty one stays", () => {
  const updates = (fields: Json) => value({ id, updates: fields }).updates;
  assert.deepEqual(updates({ due: null }), { due: null });
  assert.deepEqual(updates({ due: null, title: null }), { due: null });
  assert.deepEqual(updates({ due: "", count: "3" }), { count: 3 });
  assert.match(problem({ id, updates: { due: "soon" } }), /^updates.due: must be a date and time/);
});
