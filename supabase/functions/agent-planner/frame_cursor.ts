// Where a reader of a projected stream goes on: after `Last-Event-ID` or `?after=`.
import type { Context } from "hono";
import { z } from "zod";
import { AgentError } from "../../../shared/contracts/errors.ts";
import type { ClientRun } from "../../../shared/db/client_chats.ts";
import { parseCursor, type StreamCursor } from "../../../shared/protocols/cursor.ts";

/** The id of the last frame that a reader has. */
export const FrameCursor = z.string().transform((text, { addIssue }) => {
  const cursor = parseCursor(text);
  if (cursor) return cursor;
  addIssue({ code: "custom", message: "must be the id of a frame" });
  return z.NEVER;
}).optional();

/** What the query says, and the header where the query is silent. */
export function eventsQuery(context: Context): Record<string, string | undefined> {
  return { after: context.req.header("last-event-id"), ...context.req.query() };
}

/** Nobody has a frame of an event that is not there: who asks for what comes behind it reads another run. */
export function assertWithin({ last }: ClientRun, { seq }: StreamCursor): void {
  if (seq <= last) return;
  throw new AgentError("bad_request", `The run has no event of that number: its last one is ${last}.`, {
    details: { field: "after", last: String(last) },
  });
}
