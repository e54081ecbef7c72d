// No table's or column's name stands for something else in the file that is made of it.
import assert from "node:assert/strict";
import { decide } from "../../../dev/new_tools/decide.ts";
import { namesFor, plural, snake } from "../../../dev/new_tools/naming.ts";
import type { Relation } from "../../../dev/new_tools/relation.ts";
import { TAKEN_CONSTANTS } from "../../../dev/new_tools/taken_names.ts";
import { IMPORTED } from "../../../dev/new_tools/write_imports.ts";
import { writeTools } from "../../../dev/new_tools/write_tools.ts";
import { column, relation } from "../../support/new_tools/relations.ts";

function codeOf(one: Relation): string {
  const names = namesFor(one.name);
  assert.ok(!("problem" in names), one.name);
  return writeTools(decide(one, names, { writes: ["create", "update"] }, [one]), `--table ${one.name}`);
}

const TITLE = column("title", { not_null: true });

Deno.test("a table named after anything that a file imports, or after a global type, declares no such name", () => {
  for (const taken of new Set([...IMPORTED, ...TAKEN_CONSTANTS])) {
    const code = codeOf(relation(plural(snake(taken)), [TITLE])).replace(/^import .*$/gm, "");
    const declared = [...code.matchAll(/(?:const|let|function|type) (\w+)\b/g)].map(([, name = ""]) => name);
    const clashes = declared.filter((name) => IMPORTED.includes(name) || TAKEN_CONSTANTS.has(name));
    assert.deepEqual(clashes, [], taken);
  }
  assert.match(codeOf(relation("user_ids", [TITLE])), /const user_id_row = \{/);
  assert.match(codeOf(relation("records", [TITLE])), /^type RecordRow = NonNullable</m);
});

Deno.test("two closed sets of different values have two constants, whatever their columns are called", () => {
  const set = (name: string, ...labels: string[]) =>
    column(name, { type: `t_${name}`, type_kind: "enum", labels });
  const code = codeOf(
    relation("things", [TITLE, set("date", "a"), set("date_value", "b"), set("_1", "c"), set("record", "d")]),
  );
  const declared = [...code.matchAll(/^const (\w+) = z\.enum/gm)].map(([, name]) => name);
  assert.deepEqual(declared, ["DateValue", "DateValueValue", "Value1", "RecordValue"]);
});

Deno.test("a column that every object has a property of the name of is left out, and named", () => {
  const odd = ["__proto__", "constructor", "toString"].map((name) => column(name));
  const one = relation("things", [TITLE, ...odd]);
  assert.doesNotMatch(codeOf(one), /__proto__|constructor|toString/);
  const names = namesFor("things");
  assert.ok(!("problem" in names));
  assert.match(
    decide(one, names, { writes: ["create"] }, [one]).notes.join("\n"),
    /Every object has a property called constructor and toString, .* only read\./,
  );
  assert.match(codeOf(relation("things", [TITLE, column("__proto__")])), /^export const createThing = /m);
  assert.match(
    decide(one, names, { writes: [] }, [one]).notes.join("\n"),
    /no code can hold their names as they are: "__proto__", "constructor", "toString"/,
  );
});

Deno.test("a key whose name is a word of the language is no parameter by that name", () => {
  const key = column("class", { type: "uuid", not_null: true });
  const one = relation("things", [TITLE]);
  const code = codeOf({ ...one, key: ["class"], columns: [key, ...one.columns.slice(1)] });
  assert.match(code, /async function thingOf\(db: [^,]*, "from">, class_row: string\)/);
  assert.match(code, /\.eq\("class", class_row\)/);
});
