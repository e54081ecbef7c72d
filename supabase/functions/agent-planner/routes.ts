// The planner's routes: parse, authenticate, hand over, answer.
import type { Context, Hono } from "hono";
import type { Composition } from "../../../shared/compose.ts";
import { DecisionsRequest } from "../../../shared/contracts/decision_request.ts";
import type { DecisionService } from "../../../shared/decision_service.ts";
import type { Undo } from "../../../shared/db/undo.ts";
import { EventCursor, OptionalCursor } from "../../../shared/db/run_events.ts";
import { RunFilter } from "../../../shared/db/runs.ts";
import { namingRun, notReadable } from "../../../shared/http/accepted_run.ts";
import { createApp, methodNotAllowed } from "../../../shared/http/app.ts";
import { createDeliveries } from "../../../shared/http/deliveries.ts";
import { createOpenStreams } from "../../../shared/http/open_streams.ts";
import { NoQuery, parseBody, parseCallId, parseQuery, parseRunId } from "../../../shared/http/parse.ts";
import { authenticatePerson } from "../../../shared/http/person.ts";
import { createRunSender } from "../../../shared/http/send_run.ts";
import { streamEvents } from "../../../shared/http/sse.ts";
import type { RunService } from "../../../shared/run_service.ts";

export function plannerRoutes(
  { authenticate, forCaller, chat_request, background, clock, log }: Composition,
): Hono {
  const app = createApp("agent-planner", log);
  const streams = createOpenStreams();
  const deliveries = createDeliveries(clock);
  const sendRun = createRunSender({ deliveries, clock, log });

  /** The user is given the end of the run. */
  function deliver(user_id: string, runs: RunService, run_id: string): Promise<void> {
    const noting = runs.delivered(run_id);
    deliveries.add(user_id, noting);
    background(noting);
    return noting;
  }

  app.post("/", async (context) => {
    const { user_id, token } = await authenticate(context.req.raw);
    const { stream, ...request } = await parseBody(context.req.raw, chat_request);
    const onEnd = stream ? streams.open(user_id) : () => {};
    try {
      const { runs } = await forCaller({ user_id, token });
      await deliveries.noted(user_id);
      const run = await runs.start(request);
      // A caller with a key of its own wants the same run for ever.
      const onDelivered = async () => {
        if (request.request_key === undefined) await deliver(user_id, runs, run.run_id);
      };
      return await sendRun(context, run, { user_id, stream, onEnd, onDelivered });
    } catch (error) {
      onEnd();
      throw error;
    }
  });

  app.get("/runs", async (context) => {
    const { runs } = await forCaller(await authenticate(context.req.raw));
    return context.json(await runs.list(parseQuery(context.req.query(), RunFilter)));
  });

  const byPerson = (request: Request) => authenticatePerson(request, authenticate);

  /** A route about one run; its errors say which. */
  function ofRun(
    answer: (run_id: string, asked: Asked) => Promise<Response>,
    identify = authenticate,
    told = notReadable,
  ) {
    return async (context: Context) => {
      const run_id = parseRunId(context.req.param("id") ?? "");
      try {
        const caller = await identify(context.req.raw);
        const { runs, decisions, undo } = await forCaller(caller);
        return await answer(run_id, { context, user_id: caller.user_id, runs, decisions, undo });
      } catch (error) {
        throw told(run_id, error);
      }
    };
  }

  app.get(
    "/runs/:id",
    ofRun(async (run_id, { context, user_id, runs }) => {
      parseQuery(context.req.query(), NoQuery);
      const run = await runs.show(run_id);
      if (run.finished_at !== null) deliver(user_id, runs, run_id);
      return context.json(run);
    }),
  );

  app.get(
    "/runs/:id/events",
    ofRun(async (run_id, { context, user_id, runs }) => {
      const { after } = parseQuery(
        { after: context.req.header("last-event-id"), ...context.req.query() },
        EventCursor,
      );
      const onEnd = streams.open(user_id);
      try {
        const events = await runs.follow(run_id, after, context.req.raw.signal);
        context.header("x-run-id", run_id);
        const onDelivered = () => deliver(user_id, runs, run_id);
        return streamEvents(context, events, { clock, log, onEnd, onDelivered });
      } catch (error) {
        onEnd();
        throw error;
      }
    }),
  );

  app.get("/approvals", async (context) => {
    const { decisions } = await forCaller(await authenticate(context.req.raw));
    parseQuery(context.req.query(), NoQuery);
    return context.json({ approvals: await decisions.open() });
  });

  app.post(
    "/runs/:id/decisions",
    ofRun(async (run_id, { context, user_id, runs, decisions }) => {
      const { stream, decisions: decided } = await parseBody(context.req.raw, DecisionsRequest);
      const cursor = parseQuery(
        { after: context.req.header("last-event-id"), ...context.req.query() },
        OptionalCursor,
      );
      const onEnd = stream ? streams.open(user_id) : () => {};
      try {
        const after = await runs.readingPoint(run_id, cursor.after);
        const open = await decisions.decide(run_id, decided);
        // The JSON answer tells of the run whole.
        const run = open.length === 0 ? await runs.goOn(run_id, stream ? after : 0) : null;
        if (run === null) {
          onEnd();
          return context.json({ run_id, open });
        }
        context.header("x-run-after", String(after));
        const onDelivered = () => deliver(user_id, runs, run_id);
        return await sendRun(context, run, { user_id, stream, onEnd, onDelivered });
      } catch (error) {
        onEnd();
        throw error;
      }
    }, byPerson),
  );

  app.post(
    "/runs/:id/cancel",
    ofRun(async (run_id, { context, runs }) => context.json(await runs.cancel(run_id), 202)),
  );

  app.post(
    "/runs/:id/resume",
    ofRun(async (run_id, { context, runs }) =>
      context.json({ run_id, resumed: await runs.resume(run_id) }, 202)
    ),
  );

  app.post(
    "/runs/:id/undo",
    ofRun(async (run_id, { context, undo }) => context.json(await undo.run(run_id)), byPerson, namingRun),
  );

  app.post(
    "/runs/:id/tool-calls/:call_id/undo",
    ofRun(
      async (run_id, { context, undo }) => {
        const call_id = parseCallId(context.req.param("call_id") ?? "");
        return context.json(await undo.call(run_id, call_id));
      },
      byPerson,
      namingRun,
    ),
  );

  app.all("/", methodNotAllowed("POST"));
  app.all("/runs", methodNotAllowed("GET"));
  app.all("/approvals", methodNotAllowed("GET"));
  app.all("/runs/:id", methodNotAllowed("GET"));
  app.all("/runs/:id/events", methodNotAllowed("GET"));
  app.all("/runs/:id/decisions", methodNotAllowed("POST"));
  app.all("/runs/:id/cancel", methodNotAllowed("POST"));
  app.all("/runs/:id/resume", methodNotAllowed("POST"));
  app.all("/runs/:id/undo", methodNotAllowed("POST"));
  app.all("/runs/:id/tool-calls/:call_id/undo", methodNotAllowed("POST"));

  return app;
}

interface Asked {
  context: Context;
  user_id: string;
  runs: RunService;
  decisions: DecisionService;
  undo: Undo;
}
