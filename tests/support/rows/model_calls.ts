// The model calls of a user's runs, as a client reads them from the ledger.
import { z } from "zod";
import type { TestUser } from "../stack/stack.ts";

const Count = z.int().min(0);
const Moment = z.iso.datetime({ offset: true });

export const ModelCall = z.object({
  id: z.uuid(),
  run_id: z.uuid(),
  agent_session_id: z.uuid().nullable(),
  message_seq: z.int().nullable(),
  attempt: z.int().min(1),
  reserved_at: Moment,
  settled_at: Moment.nullable(),
  started_at: Moment.nullable(),
  first_token_ms: Count.nullable(),
  duration_ms: Count.nullable(),
  model_asked: z.string().nullable(),
  model_answered: z.string().nullable(),
  parameters: z.record(z.string(), z.json()).nullable(),
  cuts: z.array(z.object({
    what: z.string(),
    seq: z.int().optional(),
    call: z.string().optional(),
    from: z.int(),
    to: z.int(),
  })).nullable(),
  end_reason: z.string().nullable(),
  failure: z.string().nullable(),
  model_calls: Count,
  tool_calls: Count,
  input_tokens: Count,
  cached_tokens: Count,
  output_tokens: Count,
  cost_usd: z.number().nullable(),
  broken_budget: z.string().nullable(),
});
export type ModelCall = z.infer<typeof ModelCall>;

/** All of them, in the order in which they were sent; without those that were reserved and not made. */
export async function modelCallsOf({ client }: TestUser): Promise<ModelCall[]> {
  const { data, error } = await client.from("usage_ledger").select().gt("model_calls", 0)
    .order("started_at").order("id");
  if (error) throw error;
  return z.array(ModelCall).parse(data);
}
