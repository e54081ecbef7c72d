import assert from "node:assert/strict";
import { withFigures } from "../../../../bench/peers/report/page.ts";
import { byProcess, figure, reportOf } from "../../../../bench/peers/report/report.ts";
import { resultsOf } from "./results_of.ts";

Deno.test("the report says where the project stands and whether its aims are met", () => {
  const report = reportOf(resultsOf([
    { name: "bare", kind: "limit", ms: 1_000 },
    { name: "peer", kind: "peer", ms: 1_010 },
    { name: "ours", kind: "ours", ms: 1_022 },
    { name: "ours-thin", kind: "ours", ms: 1_005 },
  ]));
  assert.match(
    report,
    /\| a complex turn, × bare \| peer, 1\.010 \| 1\.022 \| 2 of 2 \| ≤ 1\.025: yes \| 1\.005 \| 1 of 2 \| ≤ 1\.02: yes \|/,
  );
  assert.match(
    report,
    /\| requests to the database, a complex turn at real speed \| – \| 40 \| – \| ≤ 50: yes \|/,
  );
});

Deno.test("where the server does not count statements, the report says so", () => {
  assert.match(reportOf(resultsOf([{ name: "bare", kind: "limit", ms: 1 }])), /\| not counted \|/);
});

Deno.test("every row of a table has as many cells as its head", () => {
  const report = reportOf(resultsOf([
    { name: "bare", kind: "limit", ms: 1 },
    { name: "peer", kind: "peer", ms: 2 },
    { name: "ours", kind: "ours", ms: 3 },
  ]));
  const tables = report.split("\n\n").filter((part) => part.startsWith("|"));
  assert.equal(tables.length, 8);
  for (const table of tables) {
    const widths = new Set(table.split("\n").map((line) => line.split("|").length));
    assert.equal(widths.size, 1, table);
  }
});

Deno.test("figures have their thousands apart, and what is missing is a dash", () => {
  assert.deepEqual([figure(1_234.56, 1), figure(null, 1), figure(NaN, 1)], ["1,234.6", "–", "–"]);
  assert.equal(byProcess({ server: 1.234 }), "1.23");
  assert.equal(byProcess({ planner: 1, gateway: 0.25 }), "1.25: gateway 0.25, planner 1.00");
});

Deno.test("only what stands between the page's marks is written anew", () => {
  const page = "Before.\n\n<!-- figures -->\n\nOld.\n\n<!-- /figures -->\n\nAfter.\n";
  assert.equal(withFigures(page, "New."), page.replace("Old.", "New."));
  assert.throws(() => withFigures("No marks.", "New."), /no place/);
});
