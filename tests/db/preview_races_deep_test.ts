// Each race often enough that both rivals come first.
import { test } from "../support/test.ts";
import { meet, RACES } from "./preview_races.ts";

for (const [name, race] of Object.entries(RACES)) {
  for (let part = 1; part <= 4; part++) test(`${name} (${part} of 4)`, () => meet(race, 8));
}
