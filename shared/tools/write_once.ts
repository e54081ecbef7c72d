// A write whose outcome is in doubt is looked up before anybody hears that it failed, or makes it again.
import type { ToolResult } from "../contracts/tool_result.ts";
import type { ReceiptOf } from "../db/receipts.ts";
import { dataOf } from "./database_errors.ts";
import type { WriteContext, Writing } from "./define_tool.ts";

interface Attempt {
  context: WriteContext;
  /** The one that `context.db` was made for. */
  attempt: string;
  receiptOf: ReceiptOf;
}

interface Written {
  result: ToolResult;
  /** The call has left a receipt, which was looked up. */
  found: boolean;
}

/**
 * One attempt at a call: does it, or tells what an earlier attempt did. Throws what the tool throws, unless the
 * database holds a receipt of the call.
 */
export async function writeOnce(
  { run, look_up }: Writing,
  { context, attempt, receiptOf }: Attempt,
): Promise<Written> {
  const outcome = await run(context).then(
    (result) => ({ result, in_doubt: !result.ok && result.error === "failed" }),
    (error: unknown) => ({ error, in_doubt: true }),
  );
  if ("result" in outcome && outcome.result.ok) return { result: outcome.result, found: false };

  const receipt = dataOf(await receiptOf(context.call_id));
  // Its own receipt says no more than the tool does, as long as the tool knows what became of its request.
  if (receipt && (receipt.attempt !== attempt || outcome.in_doubt)) {
    return { result: await look_up({ ...context, receipt }), found: true };
  }
  if ("result" in outcome) return { result: outcome.result, found: receipt !== null };
  throw outcome.error;
}
