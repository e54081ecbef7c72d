// The routes for clients of AG-UI: a thread is a session, and each segment of a run is a run of the client's.
import { Hono } from "hono";
import { z } from "zod";
import { methodNotAllowed } from "../../../shared/http/app.ts";
import { parseQuery } from "../../../shared/http/parse.ts";
import { beforeNewestSegment } from "../../../shared/protocols/projection.ts";
import { addAgUiAgent } from "./ag_ui_agent.ts";
import { sendAgUi } from "./ag_ui_stream.ts";
import { assertWithin, eventsQuery, FrameCursor } from "./frame_cursor.ts";
import { ofRun, type Serving, streaming } from "./serving.ts";

const EventsQuery = z.strictObject({ after: FrameCursor });

export function addAgUiRoutes(app: Hono, serving: Serving): void {
  const routes = new Hono({ strict: false });
  addAgUiAgent(routes, serving);
  addReading(routes, serving);
  app.route("/ag-ui", routes);
}

/** Errors are those of every route, with their status: who reads here is a program that goes on where it was. */
function addReading(routes: Hono, serving: Serving): void {
  routes.get(
    "/runs/:id/events",
    ofRun(serving, async (run_id, { context, user_id, runs, chats }) => {
      const cursor = parseQuery(eventsQuery(context), EventsQuery);
      return await streaming(serving, user_id, async (onEnd) => {
        const run = await chats.run(run_id);
        const after = cursor.after ?? beforeNewestSegment(run);
        assertWithin(run, after);
        const events = await runs.follow(run_id, 0, context.req.raw.signal);
        const onDelivered = () => serving.deliver(user_id, runs, run_id);
        return sendAgUi(context, { run, events, after }, { onEnd, onDelivered }, serving);
      });
    }, serving.byPerson),
  );
  routes.all("/runs/:id/events", methodNotAllowed("GET"));
}
