// A meter over a ledger that only remembers, for tests of the agents alone. It can refuse from some call on.
import { createMeter, type Meter, newReservation } from "../../shared/agents/meter.ts";
import type { Settlement } from "../../shared/agents/records.ts";
import { ids } from "../../shared/db/ids.ts";

export interface MeterPort {
  meter: Meter;
  settled: Settlement[];
  /** Reservations made, the first one included. */
  reserved(): number;
}

export async function meterPort(options: { over_after?: number } = {}): Promise<MeterPort> {
  const settled: Settlement[] = [];
  let reserved = 1;
  const meter = createMeter({
    worker: "executor",
    ids,
    first: await newReservation("executor", ids),
    reserve(_next, settlement) {
      if (settlement) settled.push(settlement);
      reserved += 1;
      return Promise.resolve(reserved > (options.over_after ?? Infinity) ? "model calls" : null);
    },
  });
  return { meter, settled, reserved: () => reserved };
}
