// Holds one loop to the budget. Each attempt at a model call is reserved in the ledger before it is sent, at the most
// that it may cost, and settled after it, together with the reservation of the next, while the turn's tools run. Tool
// calls are reserved with the model call that may ask for them. What was reserved and never settled counts in full.
import type { Cut } from "../../contracts/cut.ts";
import type { ModelAttempt } from "../../contracts/model.ts";
import type { Usage } from "../../contracts/usage.ts";
import { addUsage, NO_USAGE } from "../../contracts/usage.ts";
import type { ModelCall } from "../limits.ts";
import type { Ids, Model } from "../ports.ts";
import type { MadeCall, Reservation, Reserved, Settlement } from "../store/records.ts";
import { costOf } from "./largest_call.ts";

export interface UsageMeter {
  /**
   * Makes sure that a call with so long a prompt is reserved, which is its turn's attempt of this number, from 1. Rejects
   * when the ledger can't be written.
   */
  ready(prompt_tokens: number, attempt?: number): Promise<Reserved>;
  /** The reserved call was made, of a prompt from which this was cut. */
  made(attempt: ModelAttempt, cuts: readonly Cut[]): void;
  /** The reserved call has made the message with this number in its thread. */
  wrote(message_seq: number): void;
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

/**
 * The most that one attempt may cost: its prompt, at the bound of its place in the thread or as it was counted, and the
 * limit of its answer.
 */
export async function newReservation(
  call: MeteredCall,
  { ids, model }: { ids: Ids; model: Pick<Model, "prices"> },
  { place = "opening", prompt_tokens = 0, tool_calls = 0, attempt = 1, thread_id = null }: ReservedCall = {},
): Promise<SealedReservation> {
  const { id, secret, seal } = await ids.sealed();
  const input_tokens = Math.max(call[place], prompt_tokens);
  const output_tokens = call.max_output_tokens;
  return {
    secret,
    row: {
      id,
      seal,
      input_tokens,
      output_tokens,
      cost_usd: costOf(model.prices[call.profile], { input_tokens, output_tokens }),
      tool_calls: call.tool_calls + tool_calls,
      beyond_budget: call.beyond_budget,
      agent_session_id: thread_id,
      attempt,
    },
  };
}

/** What sets one reservation of a kind apart from another. */
interface ReservedCall {
  /** Whether the thread opens with it, or tools may have brought something before it. */
  place?: "opening" | "window";
  prompt_tokens?: number;
  tool_calls?: number;
  attempt?: number;
  /** Null where the call has no thread, or the database alone knows it. */
  thread_id?: string | null;
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
  /** Null for calls without one. */
  thread_id: string | null;
  ids: Ids;
  model: Pick<Model, "prices">;
  /** The reservation of the first call, where it has been made already. */
  first: FirstReservation | null;
  /** Settles one call, if any, and reserves the next. */
  reserve(next: Reservation, settled: Settlement | null): Promise<Reserved>;
}

export function createUsageMeter(options: MeterOptions): UsageMeter {
  const { call, thread_id, ids, model, first, reserve } = options;
  let current: SealedReservation | null = first?.reserved.allowed ? first : null;
  let spent: Spent = NOTHING_SPENT;
  let calls_left = first?.reserved.tool_calls ?? 0;
  let place: ReservedCall["place"] = "opening";
  /** How the reservation of the next call goes; null once its call was made. */
  let renewal: Promise<Reserved> | null = first && Promise.resolve(first.reserved);

  async function exchange(more: ReservedCall): Promise<Reserved> {
    const next = await newReservation(call, { ids, model }, { place, ...more, thread_id });
    const before = { current, spent };
    const settled = settlementOf(current, spent);
    spent = NOTHING_SPENT;
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

  function begin(more: ReservedCall): Promise<Reserved> {
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
    made({ started_at, ...attempt }, cuts) {
      spent = { ...spent, made: { ...attempt, started_at: new Date(started_at).toISOString(), cuts } };
    },
    wrote(message_seq) {
      spent = { ...spent, message_seq };
      place = "window";
    },
    async ready(prompt_tokens, attempt) {
      const reserved = await (renewal ?? begin({ prompt_tokens, attempt }));
      const covers = current === null || current.row.input_tokens >= prompt_tokens;
      return covers ? reserved : await begin({ prompt_tokens, attempt });
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

/** What has come of the reserved call so far. */
interface Spent {
  usage: Usage;
  tool_calls: number;
  made: MadeCall | null;
  message_seq: number | null;
}

const NOTHING_SPENT: Spent = { usage: NO_USAGE, tool_calls: 0, made: null, message_seq: null };

function settlementOf(
  reservation: SealedReservation | null,
  { usage, tool_calls, made, message_seq }: Spent,
): Settlement | null {
  if (reservation === null) return null;
  const { model_calls, input_tokens, cached_tokens, output_tokens, cost_usd } = usage;
  const { secret, row: { id } } = reservation;
  const cost = { model_calls, tool_calls, input_tokens, cached_tokens, output_tokens, cost_usd };
  return { id, secret, ...cost, ...made, ...(message_seq !== null && { message_seq }) };
}
