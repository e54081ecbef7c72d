// The database is away for a while that is longer than a lease, or while owners hand off: the run is the next owner's,
// and ends all the same, in the words of the model that is asked then.
import assert from "node:assert/strict";
import { inFirstWords } from "../../support/models/answering_model.ts";
import { beginnings, OUTAGE_SCRIPTS, play, written } from "./outage.ts";

const LONG_ENOUGH_MS = 110_000;

for (const [name, script] of Object.entries(OUTAGE_SCRIPTS)) {
  Deno.test(`${name}: owners that hand off after each checkpoint meet a database that is away, and the end is the same`, async () => {
    const undisturbed = await play(script, 0);
    for (const { kind, from } of beginnings(undisturbed.calls)) {
      for (const ms of [3_000, 20_000]) {
        const { world, answer } = await play(script, 0, { from, first: "request lost", ms });
        assert.equal(inFirstWords(answer ?? ""), undisturbed.answer, kind);
        assert.deepEqual(
          written(world).map(inFirstWords),
          written(undisturbed.world),
          `${kind}: each write has its effect once`,
        );
      }
    }
  });

  Deno.test(`${name}: a database that is away for longer than a lease leaves the run to its next owner, and the end is the same`, async () => {
    const undisturbed = await play(script, LONG_ENOUGH_MS);
    for (const { kind, from } of beginnings(undisturbed.calls)) {
      for (const only of [undefined, kind]) {
        const { world, answer } = await play(script, LONG_ENOUGH_MS, {
          from,
          first: "request lost",
          ms: 40_000,
          only,
        });
        assert.equal(inFirstWords(answer ?? ""), undisturbed.answer, kind);
        assert.deepEqual(
          written(world).map(inFirstWords),
          written(undisturbed.world),
          `${kind}: each write has its effect once`,
        );
      }
    }
  });
}
