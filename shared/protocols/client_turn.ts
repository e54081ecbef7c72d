// A message that somebody else's client sends, as a request of ours.
import { z } from "zod";
import type { ChatRequestInput } from "../contracts/request.ts";

/** What an application may add to its client's requests. Other keys are ignored, because clients add their own. */
export const TurnExtras = z.object({
  time_zone: z.string().optional(),
  context_type: z.string().optional(),
  entity_id: z.string().optional(),
});
export type TurnExtras = z.infer<typeof TurnExtras>;

/** Has the newest message of the user's, whatever else is in the history. */
export function newestUserMessage(messages: readonly unknown[]): { at: number; message: unknown } | null {
  const at = messages.findLastIndex((message) => Role.safeParse(message).data?.role === "user");
  return at < 0 ? null : { at, message: messages[at] };
}

const Role = z.object({ role: z.string() });

/**
 * The body of `POST /agent-planner`, to be read as one. Without a key, the same message is the same run until its end was
 * read.
 */
export function turnInput(
  client_id: string,
  { message, message_id, extras }: { message: string; message_id?: string; extras: TurnExtras },
  request_key: string | null,
): ChatRequestInput {
  return {
    ...{ client_id, message, ...extras },
    ...(message_id && { client_message_id: message_id }),
    ...(request_key !== null && { request_key }),
  };
}
