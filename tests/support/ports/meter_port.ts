// A meter over a ledger that only remembers, for tests of the agents alone. It can refuse from some call on.
import {
  createUsageMeter,
  newReservation,
  type UsageMeter,
} from "../../../shared/agents/durable/usage_meter.ts";
import type { Settlement } from "../../../shared/agents/store/records.ts";
import { ids } from "../../../shared/db/ids.ts";

export interface MeterPort {
  meter: UsageMeter;
  settled: Settlement[];
  /** Reservations made, the first one included. */
  reserved(): number;
}

export async function meterPort(options: { over_after?: number } = {}): Promise<MeterPort> {
  const settled: Settlement[] = [];
  let reserved = 1;
  const meter = createUsageMeter({
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
