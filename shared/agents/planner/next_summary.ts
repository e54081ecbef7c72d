// A conversation's next summary. Its model call is reserved while the run is under way and made once the answer has
// been sent; whatever fails of it is left to a later turn.
import { createUsageMeter } from "../durable/usage_meter.ts";
import type { PlannerDeps } from "../deps.ts";
import { SUMMARY_LENGTH, SUMMARY_MS } from "../limits.ts";
import type { FinishedTurn, ModelAttempt } from "../../contracts/model.ts";
import type { Usage } from "../../contracts/usage.ts";
import { type SummaryPart, summaryPart } from "./summary_part.ts";

export interface NextSummary {
  /** Begins to reserve the call; `history_room` as in summary_part.ts. */
  reserve(history_room: number): void;
  /** What is left to do when the run has ended; null where nothing was reserved. Does not reject. */
  afterRun(end: "answered" | "not answered"): (() => Promise<void>) | null;
}

/** The next summary of the run's session. */
export function createNextSummary(run_id: string, deps: PlannerDeps): NextSummary {
  const { store, ids, model, calls, log } = deps;
  const meter = createUsageMeter({
    call: { ...calls.summary, beyond_budget: "never" },
    thread_id: null,
    ids,
    model,
    first: null,
    reserve: (next, settled) => store.reserveUsage(run_id, next, settled),
  });
  let room: number | null = null;

  async function finish(history_room: number, end: "answered" | "not answered"): Promise<void> {
    try {
      const over_budget = (await meter.ready(0)).broken_budget !== null;
      if (!over_budget && end === "answered" && await summarise(run_id, history_room, meter, deps)) return;
    } catch (error) {
      log.error("a summary was not made; a later turn makes it", { run_id, error });
    }
    const settlement = await meter.unsettled();
    if (settlement) await store.settleUsage(settlement).catch(() => {});
  }

  return {
    reserve(history_room) {
      room = history_room;
      meter.renew();
    },
    afterRun(end) {
      const history_room = room;
      return history_room === null ? null : () => finish(history_room, end);
    },
  };
}

/** False when there is nothing to summarise. Errors: the store's, and those of a model that gives no summary. */
async function summarise(
  run_id: string,
  history_room: number,
  meter: ReturnType<typeof createUsageMeter>,
  deps: PlannerDeps,
): Promise<boolean> {
  const { store, about, count } = deps;
  const unsummarised = await store.readUnsummarised(run_id);
  const part = summaryPart({ unsummarised, history_room, about, count });
  if (part === null) return false;
  const { text, finish_reason, model, usage } = await ask(part, meter, deps);
  const content = text.trim();
  if (content === "" || finish_reason !== "stop") {
    throw new Error(`Cannot summarise: the answer ended with ${finish_reason}`);
  }
  const tokens = count([{ role: "user", content }], []);
  if (tokens > SUMMARY_LENGTH.taken_tokens) {
    throw new Error(`Cannot summarise: the answer has ${tokens} tokens`);
  }
  const { input_tokens, output_tokens } = usage;
  const { number } = unsummarised;
  const { upto_seq } = part;
  await store.addSummary(
    run_id,
    { number, content, upto_seq, model_used: model, input_tokens, output_tokens },
    await meter.unsettled(),
  );
  return true;
}

async function ask(
  { messages }: SummaryPart,
  meter: ReturnType<typeof createUsageMeter>,
  { model, user, clock, calls, stopping }: PlannerDeps,
): Promise<FinishedTurn> {
  const late = new AbortController();
  const cancel = clock.after(SUMMARY_MS, () => late.abort());
  try {
    const signal = AbortSignal.any([stopping, late.signal]);
    const { profile, max_output_tokens } = calls.summary;
    const request = { profile, messages, tools: [], max_output_tokens, user };
    // The run has ended: another attempt could not be reserved.
    const again = (spent: Usage) => Promise.resolve(meter.spend(spent)).then(() => false);
    const onAttempt = (made: ModelAttempt) => meter.made(made, []);
    for await (const event of model.streamTurn(request, { signal, again, onAttempt })) {
      if (event.type !== "finished" && event.type !== "failed" && event.type !== "aborted") continue;
      meter.spend(event.usage);
      if (event.type === "finished") return event;
      throw new Error(
        `Cannot summarise: the model call ${
          event.type === "failed" ? `failed (${event.kind})` : "took too long"
        }`,
      );
    }
  } finally {
    cancel();
  }
  throw new Error("Cannot summarise: the model's stream has no end");
}
