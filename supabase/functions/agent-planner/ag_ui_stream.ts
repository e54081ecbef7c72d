// A run as AG-UI has it, as an answer.
import type { Context } from "hono";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import type { ClientRun } from "../../../shared/db/client_chats.ts";
import { agUiProjection } from "../../../shared/protocols/ag_ui/ag_ui_projection.ts";
import { clientIdsOf } from "../../../shared/protocols/ag_ui/client_ids.ts";
import { type Held, withoutHeld } from "../../../shared/protocols/ag_ui/held.ts";
import type { StreamCursor } from "../../../shared/protocols/cursor.ts";
import { type Reader, sendProjected } from "./send_projected.ts";
import type { Serving } from "./serving.ts";

/** One segment at most: the client reads nothing behind the end of its run. */
export function sendAgUi(
  context: Context,
  { run, events, after, held = new Map() }: {
    run: ClientRun;
    /** From the run's first one on. */
    events: AsyncIterable<RunEvent>;
    after: StreamCursor;
    /** What the reader has, besides what stands before `after`. */
    held?: Held;
  },
  reader: Reader,
  serving: Serving,
): Response {
  const projection = withoutHeld(agUiProjection(clientIdsOf(run)), held);
  const { run_id } = run;
  return sendProjected(context, { run_id, events, projection, after, segments: "one" }, reader, serving);
}
