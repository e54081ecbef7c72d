// The store in memory promises what the one in Postgres does: tests/db/store_contract_test.ts runs the same cases.
import { fakeClock } from "../ports/fake_clock.ts";
import { memoryStore } from "./memory_store.ts";
import { immediateIds } from "../ports/immediate_ids.ts";
import { STORE_CASES } from "./store_contract.ts";

for (const { name, run } of STORE_CASES) {
  Deno.test(`in memory: ${name}`, async () => {
    const clock = fakeClock();
    const store = memoryStore(clock, immediateIds());
    await run({
      store,
      lapse: () => Promise.resolve(clock.advance(60_000)),
      decide: (run_id, decisions) => Promise.resolve().then(() => store.decide(run_id, decisions)),
      expire: () => Promise.resolve(clock.advance(24 * 3_600_000)),
      cancel: (run_id) => Promise.resolve(store.cancelRun(run_id)),
      log: (run_id) => Promise.resolve(store.followRun(run_id, 0).events),
      told: (run_id) =>
        Promise.resolve(
          store.tables.chat_messages.filter((one) => one.run_id === run_id && one.role === "assistant")
            .map(({ id, content }) => ({ id, content })),
        ),
    });
  });
}
