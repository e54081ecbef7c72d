// A meter over a ledger that only remembers, for tests of the agents alone. It can refuse from some call on.
import {
  createUsageMeter,
  type FirstReservation,
  newReservation,
  type UsageMeter,
} from "../../../shared/agents/durable/usage_meter.ts";
import { CALLS } from "../agents/default_calls.ts";
import type { Reservation, Reserved, Settlement } from "../../../shared/agents/store/records.ts";
import { ids } from "../../../shared/db/ids.ts";

export const UNPRICED = { balanced: null, speed: null } as const;

/** Of a ledger with room. */
export function granted({ tool_calls }: Pick<Reservation, "tool_calls">): Reserved {
  return { broken_budget: null, allowed: true, tool_calls };
}

/** Of a ledger whose run has reached its limit, with a last call left. */
export function lastCall(broken_budget: string): Reserved {
  return { broken_budget, allowed: true, tool_calls: 0 };
}

/** The reservation of a first call, as it stands in a ledger with room. */
export async function firstReservation(
  worker: keyof typeof CALLS = "executor",
): Promise<FirstReservation> {
  const call = { ...CALLS[worker], beyond_budget: "never" as const };
  const sealed = await newReservation(call, { ids, model: { prices: UNPRICED } });
  return { ...sealed, reserved: granted(sealed.row) };
}

export interface MeterPort {
  meter: UsageMeter;
  settled: Settlement[];
  /** Reservations made, the first one included. */
  reserved(): number;
  /** The most that one of those after the first has reserved of a prompt. */
  longest_prompt(): number;
}

export async function meterPort(options: { over_after?: number } = {}): Promise<MeterPort> {
  const settled: Settlement[] = [];
  let reserved = 1;
  let longest_prompt = 0;
  const meter = createUsageMeter({
    call: { ...CALLS.executor, beyond_budget: "may_be_last" },
    thread_id: "thread",
    ids,
    model: { prices: UNPRICED },
    first: await firstReservation(),
    reserve(next, settlement) {
      if (settlement) settled.push(settlement);
      reserved += 1;
      longest_prompt = Math.max(longest_prompt, next.input_tokens);
      const over = reserved > (options.over_after ?? Infinity);
      return Promise.resolve(over ? lastCall("model calls") : granted(next));
    },
  });
  return { meter, settled, reserved: () => reserved, longest_prompt: () => longest_prompt };
}
