// What is made of the CRM's tables, byte for byte as it is checked in (write_golden.ts writes it anew).
import assert from "node:assert/strict";
import { estimateTokenCount } from "tokenx";
import { GOLDEN, goldenPath, withCrmTools } from "../../support/new_tools/crm_tools.ts";
import { testStack } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";

test("seven relations of the CRM give the files that are checked in", () =>
  withCrmTools(async (made) => {
    for (const table of GOLDEN) {
      const { code, sql } = made.get(table) ?? assert.fail(table);
      for (const [ending, text] of [["ts", code], ["sql", sql]] as const) {
        const path = goldenPath(table, ending);
        assert.equal(text, await Deno.readTextFile(path), path);
      }
    }
  }, testStack().admin_url));

test("their tools cost what the catalogue of a project can pay", () =>
  withCrmTools((made) => {
    const tokens = [...made].map(([table, { schemas }]): [string, number] => [
      table,
      estimateTokenCount(JSON.stringify(schemas.map((schema) => ({ type: "function", function: schema })))),
    ]);
    for (const [table, count] of tokens) {
      assert.ok(count <= 500 || table === "company_profiles", `${table}: ${count}`);
    }
    return Promise.resolve();
  }, testStack().admin_url));
