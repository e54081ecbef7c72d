// Holds one loop to the budget. Each model call is reserved in the ledger before it is made and settled after
// it, together with the reservation of the next, while the turn's tools run. What was reserved and never settled
// counts with all of its tokens, and with no dollars.
import { addUsage, NO_USAGE, type Usage } from "../../contracts/usage.ts";
import { MAX_OUTPUT_TOKENS, PROMPT_BUDGET } from "../limits.ts";
import type { Ids } from "../ports.ts";
import type { Reservation, Settlement } from "../store/records.ts";

export interface UsageMeter {
  /** Adds to what the reserved call has cost. */
  spend(usage: Usage, tool_calls: number): void;
  /** Settles the call and reserves the next one ahead of time; `ready` tells how that went. */
  renew(): void;
  /**
   * Makes sure that a call is reserved. The budget that it would break, or null. Rejects when the ledger
   * can't be written.
   */
  ready(): Promise<string | null>;
  /**
   * Resolves with what is left to settle at the end. Rejects when the last renewal failed: what went with it
   * is not stored.
   */
  settlement(): Promise<Settlement | null>;
  /** The same, whatever became of the last renewal. */
  unsettled(): Promise<Settlement | null>;
}

/** The tokens of one call: prompts have a budget, answers a limit. */
export async function newReservation(
  worker: keyof typeof PROMPT_BUDGET,
  ids: Ids,
): Promise<SealedReservation> {
  const { id, secret, seal } = await ids.sealed();
  return {
    secret,
    row: { id, seal, input_tokens: PROMPT_BUDGET[worker], output_tokens: MAX_OUTPUT_TOKENS[worker] },
  };
}

export interface SealedReservation {
  row: Reservation;
  /** What settles it. Known to nobody else. */
  secret: string;
}

interface MeterOptions {
  worker: keyof typeof PROMPT_BUDGET;
  ids: Ids;
  /** The reservation of the first call, where it has been made already. */
  first: SealedReservation | null;
  /** Settles one call, if any, and reserves the next. Gives the name of the budget that the next would break. */
  reserve(next: Reservation, settled: Settlement | null): Promise<string | null>;
}

export function createUsageMeter({ worker, ids, first, reserve }: MeterOptions): UsageMeter {
  let current = first;
  let spent = { usage: NO_USAGE, tool_calls: 0 };
  let renewal: Promise<string | null> | null = first && Promise.resolve(null);

  function settlementOfCurrent(): Settlement | null {
    if (current === null) return null;
    const { model_calls, input_tokens, output_tokens, cost_usd } = spent.usage;
    const { tool_calls } = spent;
    return {
      id: current.row.id,
      secret: current.secret,
      model_calls,
      tool_calls,
      input_tokens,
      output_tokens,
      cost_usd: cost_usd ?? 0,
    };
  }

  async function exchange(): Promise<string | null> {
    const next = await newReservation(worker, ids);
    const settled = settlementOfCurrent();
    const before = { current, spent };
    spent = { usage: NO_USAGE, tool_calls: 0 };
    current = next;
    try {
      return await reserve(next.row, settled);
    } catch (error) {
      ({ current, spent } = before);
      throw error;
    }
  }

  function renew() {
    renewal = exchange();
    // `ready` or `settlement` tells of it.
    renewal.catch(() => {});
  }

  return {
    spend(usage, tool_calls) {
      spent = { usage: addUsage(spent.usage, usage), tool_calls: spent.tool_calls + tool_calls };
      if (usage.model_calls > 0) renewal = null;
    },
    renew,
    ready() {
      if (renewal === null) renew();
      return renewal ?? Promise.resolve(null);
    },
    async settlement() {
      await renewal;
      return settlementOfCurrent();
    },
    async unsettled() {
      await renewal?.catch(() => {});
      return settlementOfCurrent();
    },
  };
}
