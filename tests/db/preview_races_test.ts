// One try of each race; preview_races_deep_test.ts has the others.
import { test } from "../support/test.ts";
import { meet, RACES } from "./preview_races.ts";

for (const [name, race] of Object.entries(RACES)) test(name, () => meet(race, 1));
