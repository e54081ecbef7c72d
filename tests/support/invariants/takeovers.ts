// I4, of a run's owners: each that went on with it is told of once, in their order. Who went on behind a pause is told of
// by the pause; whoever ended it in the place of an owner is told of by the end.
import type { Evidence, Violation } from "./evidence.ts";

export function* takeoverViolations({ run, events }: Evidence): Generator<Violation> {
  const found = (problem: string): Violation => ({ invariant: "I4", problem });
  let last = 1;
  for (const event of events) {
    if (event.type !== "taken_over") continue;
    const { seq, generation } = event;
    if (generation <= last) yield found(`event ${seq} tells of owner ${generation} after owner ${last}`);
    last = generation;
  }
  if (last > run.lease_generation) yield found(`owner ${last} of ${run.lease_generation} is told of`);

  const told = events.filter(({ type }) => type === "taken_over" || type === "run_paused").length;
  const untold = run.lease_generation - 1 - told;
  const most = run.status === "completed" ? 0 : 1;
  if (untold < 0 || untold > most) {
    yield found(`the run had ${run.lease_generation} owners, and ${told + 1} are told of`);
  }
}
