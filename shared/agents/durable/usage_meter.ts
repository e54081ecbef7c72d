// Holds one loop to the budget. Each attempt at a model call is reserved in the ledger before it is sent, at the most
// that it may cost, and settled after it, together with the reservation of the next, while the turn's tools run. Tool
// calls are reserved with the model call that may ask for them. What was reserved and never settled counts in full.
import type { Usage } from "../../contracts/usage.ts";
import { addUsage, NO_USAGE } from "../../contracts/usage.ts";
import type { ModelCall } from "../limits.ts";
import type { Ids, Model } from "../ports.ts";
import type { Reservation, Reserved, Settlement } from "../store/records.ts";

export interface UsageMeter {
  /** Makes sure that a call with so long a prompt is reserved. Rejects when the ledger can't be written. */
  ready(prompt_tokens: number): Promise<Reserved>;
  /** Adds to what the reserved call has cost. */
  spend(usage: Usage): void;
  /** How many of the tool calls that a turn asks for may be made: these count from here on. */
  takeCalls(wanted: number): Promise<number>;
  /** Settles the call and reserves the next one ahead of time; `ready` tells how that went. */
  renew(): void;
  /**
   * Resolves with what is left to settle at the end. Rejects when the last renewal failed: what went with it
   * is not stored.
   */
  settlement(): Promise<Settlement | null>;
  /** The same, whatever became of the last renewal. */
  unsettled(): Promise<Settlement | null>;
}

/** How a meter's calls are made, and what they may cost. */
export interface MeteredCall extends ModelCall {
  /** One of them may be the run's last call, which answers beyond its budget. */
  beyond_budget: Reservation["beyond_budget"];
}

/** The most that one attempt may cost: its prompt, by budget or as it was counted, and the limit of its answer. */
export async function newReservation(
  call: MeteredCall,
  { ids, model }: { ids: Ids; model: Pick<Model, "prices"> },
  { prompt_tokens = 0, tool_calls = 0 }: { prompt_tokens?: number; tool_calls?: number } = {},
): Promise<SealedReservation> {
  const { id, secret, seal } = await ids.sealed();
  const input_tokens = Math.max(call.budget, prompt_tokens);
  const output_tokens = call.max_output_tokens;
  const price = model.prices[call.profile];
  return {
    secret,
    row: {
      id,
      seal,
      input_tokens,
      output_tokens,
      cost_usd: price && (input_tokens * price.input + output_tokens * price.output) / 1_000_000,
      tool_calls: call.tool_calls + tool_calls,
      beyond_budget: call.beyond_budget,
    },
  };
}

export interface SealedReservation {
  row: Reservation;
  /** What settles it. Known to nobody else. */
  secret: string;
}

/** A reservation that stands in the ledger, unless it was refused. */
export interface FirstReservation extends SealedReservation {
  reserved: Reserved;
}

interface MeterOptions {
  call: MeteredCall;
  ids: Ids;
  model: Pick<Model, "prices">;
  /** The reservation of the first call, where it has been made already. */
  first: FirstReservation | null;
  /** Settles one call, if any, and reserves the next. */
  reserve(next: Reservation, settled: Settlement | null): Promise<Reserved>;
}

export function createUsageMeter({ call, ids, model, first, reserve }: MeterOptions): UsageMeter {
  let current: SealedReservation | null = first?.reserved.allowed ? first : null;
  let spent = { usage: NO_USAGE, tool_calls: 0 };
  let calls_left = first?.reserved.tool_calls ?? 0;
  /** How the reservation of the next call goes; null once its call was made. */
  let renewal: Promise<Reserved> | null = first && Promise.resolve(first.reserved);

  async function exchange(more: { prompt_tokens?: number; tool_calls?: number }): Promise<Reserved> {
    const next = await newReservation(call, { ids, model }, more);
    const before = { current, spent };
    const settled = settlementOf(current, spent);
    spent = { usage: NO_USAGE, tool_calls: 0 };
    current = next;
    try {
      const reserved = await reserve(next.row, settled);
      calls_left = reserved.tool_calls;
      if (!reserved.allowed) current = null;
      return reserved;
    } catch (error) {
      ({ current, spent } = before);
      throw error;
    }
  }

  function begin(more: { prompt_tokens?: number; tool_calls?: number }): Promise<Reserved> {
    renewal = exchange(more);
    // Whoever asks next is told.
    renewal.catch(() => {});
    return renewal;
  }

  function take(wanted: number): number {
    const taken = Math.min(wanted, calls_left);
    calls_left -= taken;
    spent = { ...spent, tool_calls: spent.tool_calls + taken };
    return taken;
  }

  return {
    spend(usage) {
      spent = { ...spent, usage: addUsage(spent.usage, usage) };
      if (usage.model_calls > 0) renewal = null;
    },
    async ready(prompt_tokens) {
      const reserved = await (renewal ?? begin({ prompt_tokens }));
      const covers = current === null || current.row.input_tokens >= prompt_tokens;
      return covers ? reserved : await begin({ prompt_tokens });
    },
    async takeCalls(wanted) {
      await renewal;
      const taken = take(wanted);
      if (taken === wanted) return taken;
      await begin({ tool_calls: wanted - taken });
      return taken + take(wanted - taken);
    },
    renew() {
      if (renewal === null) begin({});
    },
    async settlement() {
      await renewal;
      return settlementOf(current, spent);
    },
    async unsettled() {
      await renewal?.catch(() => {});
      return settlementOf(current, spent);
    },
  };
}

function settlementOf(
  reservation: SealedReservation | null,
  { usage, tool_calls }: { usage: Usage; tool_calls: number },
): Settlement | null {
  if (reservation === null) return null;
  const { model_calls, input_tokens, output_tokens, cost_usd } = usage;
  const { secret, row: { id } } = reservation;
  return { id, secret, model_calls, tool_calls, input_tokens, output_tokens, cost_usd };
}
