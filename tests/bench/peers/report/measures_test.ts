import assert from "node:assert/strict";
import { limitOf, measuresOf, placeOf, verdict } from "../../../../bench/peers/report/measures.ts";
import { resultsOf } from "./results_of.ts";

const RESULTS = resultsOf([
  { name: "bare", kind: "limit", ms: 100, long: { server: 2 } },
  { name: "quick", kind: "peer", ms: 110, long: { server: 3 } },
  { name: "slow", kind: "peer", ms: 150, long: { server: 6 } },
  { name: "ours", kind: "ours", ms: 120, long: { planner: 4, REST: 9 } },
  { name: "ours-thin", kind: "ours", ms: 105, long: { planner: 4, REST: 1 } },
]);

function measured(words: string) {
  const measure = measuresOf(RESULTS.settings).find(({ what }) => what.startsWith(words));
  assert.ok(measure, words);
  const limit = limitOf(RESULTS.systems);
  const figures = RESULTS.systems.map((system) => [system.name, measure.of(system, limit)] as const);
  return { measure, of: Object.fromEntries(figures) };
}

Deno.test("times at the speed of a real model are told as multiples of the bare ones", () => {
  assert.deepEqual(measured("a complex turn, × bare").of, {
    ...{ bare: 1, quick: 1.1, slow: 1.5, ours: 1.2, "ours-thin": 1.05 },
  });
});

Deno.test("what a system adds at a model of 0 ms is the difference, and the bare one adds nothing that could be told", () => {
  assert.deepEqual(measured("a complex turn at a model of 0 ms").of, {
    ...{ bare: null, quick: 10, slow: 50, ours: 20, "ours-thin": 5 },
  });
});

Deno.test("CPU of Postgres in a burst is divided by its turns, and is missing where the server's processes can't be seen", () => {
  const { measure, of } = measured("CPU of Postgres, ms a simple turn");
  assert.equal(of.ours, 20);
  const unseen = resultsOf([{ name: "bare", kind: "limit", ms: 1, postgres_s: null }]);
  assert.equal(measure.of(limitOf(unseen.systems), limitOf(unseen.systems)), null);
});

Deno.test("of a long answer the reader's process counts, which is the planner's where there are several", () => {
  assert.deepEqual(measured("CPU of an answer").of, {
    ...{ bare: 1, quick: 1.5, slow: 3, ours: 2, "ours-thin": 2 },
  });
});

Deno.test("a place is one among the frameworks: neither the limit nor the project's other layer takes one", () => {
  const { measure } = measured("a complex turn, × bare");
  assert.deepEqual(placeOf("ours", measure, RESULTS), { place: 2, of: 3 });
  assert.deepEqual(placeOf("ours-thin", measure, RESULTS), { place: 1, of: 3 });
  const { measure: ours_alone } = measured("requests to the database");
  assert.equal(placeOf("ours", ours_alone, RESULTS), null);
});

Deno.test("an aim is met at the aim itself, and what has no figure or no aim has no verdict", () => {
  assert.deepEqual(
    [verdict(1.05, 1.05), verdict(1.051, 1.05), verdict(null, 1), verdict(1, undefined)],
    ["yes", "no", "", ""],
  );
});
