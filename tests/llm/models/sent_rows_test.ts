// What is sent for each model, exactly; and that the table has every host and every family.
import assert from "node:assert/strict";
import { FAMILIES, familyOf } from "../../../shared/llm/models/families.ts";
import { HOST_NAMES } from "../../../shared/llm/models/hosts.ts";
import { GOLDEN, sentRows } from "./sent_rows.ts";

Deno.test("what is sent for each model is what the golden table says", async () => {
  const golden = (await Deno.readTextFile(GOLDEN)).trimEnd().split("\n");
  assert.deepEqual(sentRows().map((line) => JSON.parse(line)), golden.map((line) => JSON.parse(line)));
});

Deno.test("the golden table has a line of every host and of every family", () => {
  const lines = sentRows().map((line): { id: string; host: string | null } => JSON.parse(line));
  assert.deepEqual(HOST_NAMES.filter((name) => !lines.some(({ host }) => host === name)), []);
  const families = new Set(lines.map(({ id }) => familyOf(id)?.name));
  assert.deepEqual(FAMILIES.map(({ name }) => name).filter((name) => !families.has(name)), []);
});
