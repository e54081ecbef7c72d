// The planner's routes: parse, authenticate, hand over, answer.
import type { Context, Hono } from "hono";
import type { Composition } from "../../../shared/compose.ts";
import { EventCursor, RunFilter } from "../../../shared/db/runs.ts";
import { createApp, methodNotAllowed } from "../../../shared/http/app.ts";
import { parseBody, parseInput, parseRunId } from "../../../shared/http/parse.ts";
import { runAnswer } from "../../../shared/http/run_answer.ts";
import { streamEvents } from "../../../shared/http/sse.ts";

export function plannerRoutes({ authenticate, forCaller, chat_request, clock, log }: Composition): Hono {
  const app = createApp("agent-planner", log);

  app.post("/", async (context) => {
    const caller = await authenticate(context.req.raw);
    const { stream, ...request } = await parseBody(context.req.raw, chat_request);
    const { runs } = await forCaller(caller);
    const run = await runs.start(request);
    context.header("x-run-id", run.run_id);
    const { signal } = context.req.raw;
    return stream
      ? streamEvents(context, run.stream(signal), { clock, log })
      : context.json(await runAnswer(run.run_id, run.whole(signal)));
  });

  app.get("/runs", async (context) => {
    const { runs } = await forCaller(await authenticate(context.req.raw));
    return context.json({ runs: await runs.list(parseInput(context.req.query(), RunFilter)) });
  });

  app.get("/runs/:id", async (context) => {
    const { runs } = await forCaller(await authenticate(context.req.raw));
    return context.json(await runs.show(runId(context)));
  });

  app.get("/runs/:id/events", async (context) => {
    const { runs } = await forCaller(await authenticate(context.req.raw));
    const run_id = runId(context);
    const cursor = context.req.query("after") ?? context.req.header("last-event-id");
    const { after } = parseInput({ after: cursor }, EventCursor);
    const events = await runs.follow(run_id, after, context.req.raw.signal);
    context.header("x-run-id", run_id);
    return streamEvents(context, events, { clock, log });
  });

  app.post("/runs/:id/cancel", async (context) => {
    const { runs } = await forCaller(await authenticate(context.req.raw));
    return context.json(await runs.cancel(runId(context)), 202);
  });

  app.post("/runs/:id/resume", async (context) => {
    const { runs } = await forCaller(await authenticate(context.req.raw));
    const run_id = runId(context);
    return context.json({ run_id, resumed: await runs.resume(run_id) }, 202);
  });

  app.all("/", methodNotAllowed("POST"));
  app.all("/runs", methodNotAllowed("GET"));
  app.all("/runs/:id", methodNotAllowed("GET"));
  app.all("/runs/:id/events", methodNotAllowed("GET"));
  app.all("/runs/:id/cancel", methodNotAllowed("POST"));
  app.all("/runs/:id/resume", methodNotAllowed("POST"));

  return app;
}

function runId(context: Context): string {
  return parseRunId(context.req.param("id") ?? "");
}
