// The engine's own protocol: a run's events as they are in its log, or one JSON answer.
import type { Hono } from "hono";
import { DecisionsRequest, PreviewRequest } from "../../../shared/contracts/decision_request.ts";
import { EventCursor, OptionalCursor } from "../../../shared/db/run_events.ts";
import { RunFilter } from "../../../shared/db/runs.ts";
import { goesOn, namingRun } from "../../../shared/http/accepted_run.ts";
import { methodNotAllowed } from "../../../shared/http/app.ts";
import { riding } from "../../../shared/http/auth.ts";
import type { OpenStreams } from "../../../shared/http/open_streams.ts";
import { NoQuery, parseBody, parseCallId, parseQuery } from "../../../shared/http/parse.ts";
import { createRunSender } from "../../../shared/http/send_run.ts";
import { streamEvents } from "../../../shared/http/sse.ts";
import { ofRun, type Serving } from "./serving.ts";

/** Starts runs. The token may ride on the start: for an unverified one, no stream is counted before the database's answer. */
function addStart(app: Hono, serving: Serving): void {
  const { identify, forCaller, chat_request, streams, deliveries, deliver } = serving;
  const sendRun = createRunSender(serving);

  app.post("/", async (context) => {
    const bearer = await identify(context.req.raw);
    const { user_id } = bearer;
    const { stream, request_key, runs, run } = await riding(bearer, async () => {
      const { stream, ...request } = await parseBody(context.req.raw, chat_request);
      if (stream) streams.assertRoom(user_id);
      const { runs } = forCaller(bearer);
      await deliveries.noted(user_id);
      return { stream, request_key: request.request_key, runs, run: await runs.start(request) };
    });
    const { run_id } = run;
    const onEnd = stream ? opened(streams, user_id, run_id) : () => {};
    try {
      // A caller with a key of its own wants the same run for ever.
      const onDelivered = async () => {
        if (request_key === undefined) await deliver(user_id, runs, run_id);
      };
      return await sendRun(context, run, { user_id, stream, onEnd, onDelivered });
    } catch (error) {
      onEnd();
      throw error;
    }
  });

  app.all("/", methodNotAllowed("POST"));
}

/** One more stream of the user's, for a run that has begun: others may have been opened in the meantime. */
function opened(streams: OpenStreams, user_id: string, run_id: string): () => void {
  try {
    return streams.open(user_id);
  } catch (error) {
    throw goesOn(run_id, error);
  }
}

/** Reads runs. */
function addReading(app: Hono, serving: Serving): void {
  const { authenticate, forCaller, clock, log, streams, deliver } = serving;

  app.get("/runs", async (context) => {
    const { runs } = forCaller(await authenticate(context.req.raw));
    return context.json(await runs.list(parseQuery(context.req.query(), RunFilter)));
  });

  app.get(
    "/runs/:id",
    ofRun(serving, async (run_id, { context, user_id, runs }) => {
      parseQuery(context.req.query(), NoQuery);
      const run = await runs.show(run_id);
      if (run.finished_at !== null) deliver(user_id, runs, run_id);
      return context.json(run);
    }),
  );

  app.get(
    "/runs/:id/events",
    ofRun(serving, async (run_id, { context, user_id, runs }) => {
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

  app.all("/runs", methodNotAllowed("GET"));
  app.all("/runs/:id", methodNotAllowed("GET"));
  app.all("/runs/:id/events", methodNotAllowed("GET"));
}

/** Stops runs, and goes on with those that nobody works on. */
function addSteering(app: Hono, serving: Serving): void {
  app.post(
    "/runs/:id/cancel",
    ofRun(serving, async (run_id, { context, runs }) => context.json(await runs.cancel(run_id), 202)),
  );

  app.post(
    "/runs/:id/resume",
    ofRun(
      serving,
      async (run_id, { context, runs }) => context.json({ run_id, resumed: await runs.resume(run_id) }, 202),
    ),
  );

  app.all("/runs/:id/cancel", methodNotAllowed("POST"));
  app.all("/runs/:id/resume", methodNotAllowed("POST"));
}

/** What waits for a person, and what they decide. */
function addDecisions(app: Hono, serving: Serving): void {
  const { authenticate, forCaller, streams, deliver, byPerson } = serving;
  const sendRun = createRunSender(serving);

  app.get("/approvals", async (context) => {
    const { decisions } = forCaller(await authenticate(context.req.raw));
    parseQuery(context.req.query(), NoQuery);
    return context.json({ approvals: await decisions.open() });
  });

  app.post(
    "/runs/:id/decisions",
    ofRun(serving, async (run_id, { context, user_id, runs, decisions }) => {
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
    "/runs/:id/tool-calls/:call_id/preview",
    ofRun(
      serving,
      async (run_id, { context, decisions }) => {
        const call_id = parseCallId(context.req.param("call_id") ?? "");
        const { arguments: args } = await parseBody(context.req.raw, PreviewRequest);
        return context.json(await decisions.preview(run_id, call_id, args));
      },
      byPerson,
      namingRun,
    ),
  );

  app.all("/approvals", methodNotAllowed("GET"));
  app.all("/runs/:id/tool-calls/:call_id/preview", methodNotAllowed("POST"));
  app.all("/runs/:id/decisions", methodNotAllowed("POST"));
}

/** Takes back what tools have changed. */
function addUndo(app: Hono, serving: Serving): void {
  const { byPerson } = serving;

  app.post(
    "/runs/:id/undo",
    ofRun(
      serving,
      async (run_id, { context, undo }) => context.json(await undo.run(run_id)),
      byPerson,
      namingRun,
    ),
  );

  app.post(
    "/runs/:id/tool-calls/:call_id/undo",
    ofRun(
      serving,
      async (run_id, { context, undo }) => {
        const call_id = parseCallId(context.req.param("call_id") ?? "");
        return context.json(await undo.call(run_id, call_id));
      },
      byPerson,
      namingRun,
    ),
  );

  app.all("/runs/:id/undo", methodNotAllowed("POST"));
  app.all("/runs/:id/tool-calls/:call_id/undo", methodNotAllowed("POST"));
}

export function addNativeRoutes(app: Hono, serving: Serving): void {
  for (const add of [addStart, addReading, addSteering, addDecisions, addUndo]) add(app, serving);
}
