import assert from "node:assert/strict";
import { median, ms, quantile, ratio, spread } from "./stats.ts";

Deno.test("quantiles lie between the samples, whatever their order, and the samples stay as they are", () => {
  const samples = [40, 10, 30, 20];
  assert.equal(median(samples), 25);
  assert.equal(quantile(samples, 0), 10);
  assert.equal(quantile(samples, 1), 40);
  assert.equal(quantile(samples, 0.25), 17.5);
  assert.deepEqual(samples, [40, 10, 30, 20]);
  assert.throws(() => median([]), /no samples/);
});

Deno.test("lists are compared by their medians, so that one slow sample does not decide", () => {
  assert.equal(ratio([110, 110, 9_000], [100, 100, 100]), "1.100");
});

Deno.test("milliseconds are shown with a decimal only where it says something", () => {
  assert.deepEqual([4.25, 325.4, 6_229].map(ms), ["4.3 ms", "325 ms", "6,229 ms"]);
  assert.equal(spread([1, 2, 3]), "1.5 ms to 2.5 ms, n=3");
});
