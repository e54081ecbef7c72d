// What the package under the local REST API would read as something else is put in quotes; the rest stays as it is.
import assert from "node:assert/strict";
import { exactFilters } from "../../dev/rest/exact_filters.ts";

const CASES: [filter: string, exact: string][] = [
  ["eq.9007199254740993", 'eq."9007199254740993"'],
  ["not.eq.1.0", 'not.eq."1.0"'],
  ["gt.1e5", 'gt."1e5"'],
  ["eq.0042", 'eq."0042"'],
  ["eq.null", 'eq."null"'],
  ['eq."a"', 'eq.""a""'],
  ["eq. a ", 'eq." a "'],
  ["neq.TRUE", 'neq."TRUE"'],
  ['in.(1,9007199254740993,1.0,"a,1.0")', 'in.(1,"9007199254740993","1.0","a,1.0")'],
  ...["eq.5", "eq.true", "eq.a", "eq.", "is.null", "ilike.%1.0%", "in.(1,2)", "eq.{1,2}"].map(
    (same): [string, string] => [same, same],
  ),
];

for (const [filter, exact] of CASES) {
  Deno.test(`the filter ${filter} is sent on as ${exact}`, () => {
    const query = exactFilters(new URLSearchParams({ select: "1.0", id: filter, limit: "1.0" }));
    assert.deepEqual([...query], [["select", "1.0"], ["id", exact], ["limit", "1.0"]]);
  });
}
