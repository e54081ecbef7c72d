// Records golden logs, started by `deno task golden [names]`: each scenario runs on the real stack, once, and its
// events are written down as the client got them, when the run has kept every invariant.
import { initialRunState, reduceRun } from "../../shared/contracts/run_state.ts";
import { checkInvariants } from "../support/invariants/invariants.ts";
import { database } from "../support/stack/stack.ts";
import { readGoldenLogs, writeGoldenLog } from "./golden_log.ts";
import { SCENARIOS } from "./scenarios.ts";

const there = new Set((await readGoldenLogs().catch(() => [])).map((log) => log.name));
const names = Deno.args.length > 0 ? Deno.args : Object.keys(SCENARIOS).filter((name) => !there.has(name));
const sql = database();
for (const name of names) {
  const scenario = SCENARIOS[name];
  if (!scenario) throw new Error(`There is no scenario ${name} in tests/golden/scenarios.ts.`);
  const events = await scenario();
  const run_id = events[0]?.run_id ?? "";
  await checkInvariants(sql, run_id, { streamed: events });
  await writeGoldenLog(name, events, events.reduce(reduceRun, initialRunState(run_id)));
  console.log(`${name}: ${events.length} events`);
}
await sql.end();
