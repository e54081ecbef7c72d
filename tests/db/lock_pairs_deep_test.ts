// Every pair of functions, in both orders, at every lock: nobody waits for ever, and every run is sound afterwards.
import { CALLS, GATES, meet, type Name } from "./lock_pairs.ts";
import { testRace } from "./race.ts";

const names = (table: object) => Object.keys(table);
const isName = (name: string): name is Name => name in CALLS;
const isGate = (name: string): name is keyof typeof GATES => name in GATES;

for (const first of names(CALLS).filter(isName)) {
  for (const gate of names(GATES).filter(isGate)) {
    testRace(`${first} and every other function, at the ${gate}: both end`, async (race) => {
      for (const second of names(CALLS).filter(isName)) await meet(race, gate, first, second);
    });
  }
}
