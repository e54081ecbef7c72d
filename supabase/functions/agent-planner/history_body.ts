// The bodies of clients that send the whole conversation with each message. They are long, so nothing is read of one
// before its sender is known.
import type { Context } from "hono";
import { MAX_BODY_BYTES, MAX_HISTORY_BYTES } from "../../../shared/contracts/request.ts";
import { boundedBody } from "../../../shared/http/app.ts";

const longest = boundedBody(
  MAX_HISTORY_BYTES,
  " Of the messages, only the newest is read: send that one alone.",
);
const shortest = boundedBody(MAX_BODY_BYTES);
const none = () => Promise.resolve();

/** Lets a body be read that a caller who is known has sent. Errors: `too_large`. */
export async function boundHistory(context: Context): Promise<void> {
  await longest(context, none);
}

/** The same for a caller who is not known, as on every other route. Errors: `too_large`. */
export async function boundUnknown(context: Context): Promise<void> {
  await shortest(context, none);
}
