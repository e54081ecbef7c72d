import assert from "node:assert/strict";
import { arrivals, seeded } from "./arrivals.ts";
import { demandOf, kneeOf, type LoadPoint, mixed, type TurnCost, turnsPerCore } from "./capacity.ts";
import { kneeInWords } from "./scaling_page.ts";
import { MIX } from "./kinds.ts";

const COST: TurnCost = {
  postgres_ms: 10,
  functions_ms: 30,
  rest_ms: 5,
  connection_ms: 20,
  transactions: 4,
  rows: 12,
  bytes: 9_000,
  log_bytes: 2_000,
  wall_ms: 1_500,
};
const times = (factor: number): TurnCost => ({ ...COST, postgres_ms: COST.postgres_ms * factor });

Deno.test("the average turn costs what its kinds cost, by their shares", () => {
  const { postgres_ms } = mixed({ simple: times(1), tool: times(2), complex: times(10) }, MIX);
  assert.ok(Math.abs(postgres_ms - (0.7 * 10 + 0.2 * 20 + 0.1 * 100)) < 1e-9);
});

Deno.test("a day's users ask for what their busiest hour asks for, and leave what the whole month leaves", () => {
  const demand = demandOf(36_000, COST, { turns_a_user: 10, busiest_hour: 0.1 });
  assert.equal(demand.peak, 10);
  assert.equal(demand.postgres_cores, 0.1);
  assert.equal(demand.connections, 0.2);
  assert.equal(demand.streams, 15);
  assert.equal(demand.bytes_a_month, 360_000 * 30 * 9_000);
  assert.equal(turnsPerCore(COST, 0.5), 50);
});

Deno.test("turns arrive at their rate and in their mix, and the same ones for the same seed", () => {
  const found = arrivals(20, 1_000, MIX, seeded(1));
  assert.deepEqual(found, arrivals(20, 1_000, MIX, seeded(1)));
  const share = found.filter(({ kind }) => kind === "complex").length / found.length;
  assert.ok(Math.abs(found.length - 20_000) < 600, `${found.length}`);
  assert.ok(Math.abs(share - MIX.complex) < 0.01, `${share}`);
  assert.ok(found.every(({ at }, i) => at > (found[i - 1]?.at ?? 0)));
});

Deno.test("the knee is the last rate before users wait or are refused", () => {
  const point = (rate: number, first_text_p95: number, failed = 0): LoadPoint => ({
    ...{ rate, turns: 10, failed, first_text_p50: 300, first_text_p95, cores: {}, machine: 0.5 },
  });
  assert.equal(kneeOf([point(1, 320), point(2, 340), point(4, 900), point(8, 330)])?.rate, 2);
  assert.equal(kneeOf([point(1, 320), point(2, 340, 1)])?.rate, 1);
  assert.equal(kneeOf([point(1, 320), point(2, 340)])?.rate, 2);
  assert.equal(kneeOf([point(1, 320, 1)]), null);
  assert.equal(kneeOf([]), null);
});

Deno.test("a knee that no rate has met is told as beyond the highest", () => {
  const point = (rate: number, first_text_p95: number): LoadPoint => ({
    ...{ rate, turns: 10, failed: 0, first_text_p50: 300, first_text_p95, cores: {}, machine: 0.5 },
  });
  const said = (...points: LoadPoint[]) => kneeInWords({ points, knee: kneeOf(points) });
  assert.equal(said(point(1, 320), point(2, 340)), "beyond 2.0 turns a second");
  assert.equal(said(point(1, 320), point(2, 340), point(4, 900)), "2.0 turns a second");
  assert.equal(said(), "below the lowest rate");
});
