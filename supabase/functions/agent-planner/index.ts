// The planner's routes: parse, authenticate, hand over, answer.
import type { Context } from "hono";
import { answerTurn, startTurn } from "../../../shared/agents/planner.ts";
import { compose } from "../../../shared/compose.ts";
import { ChatRequest } from "../../../shared/contracts/request.ts";
import type { RunEvent } from "../../../shared/contracts/events.ts";
import {
  cancelRun,
  EventCursor,
  followRun,
  getRun,
  listRuns,
  requireRun,
  RunFilter,
} from "../../../shared/db/runs.ts";
import { createApp, methodNotAllowed } from "../../../shared/http/app.ts";
import { createChannel } from "../../../shared/http/channel.ts";
import { parseBody, parseInput, parseRunId } from "../../../shared/http/parse.ts";
import { runAnswer } from "../../../shared/http/run_answer.ts";
import { streamEvents } from "../../../shared/http/sse.ts";

const { authenticate, forCaller, background, clock, log } = compose(Deno.env.toObject());
const app = createApp("agent-planner", log);

app.post("/", async (context) => {
  const caller = await authenticate(context.req.raw);
  const { stream, ...request } = await parseBody(context.req.raw, ChatRequest);
  const deps = await forCaller(caller);
  const turn = await startTurn(request, deps);
  const { started } = turn;
  context.header("x-run-id", started.run_id);

  const { signal } = context.req.raw;
  const channel = createChannel<RunEvent>();
  if ("meter" in turn) {
    const { message, time_zone } = request;
    const answering = answerTurn({ ...turn, message, time_zone, deliver: channel.push }, deps);
    background(
      answering.catch((error) => log.error("a run was lost", { run_id: started.run_id, error })).finally(
        channel.close,
      ),
    );
  }
  const events = started.existing
    ? followRun(deps.db, { run_id: started.run_id, after: 0, signal }, clock)
    : channel;
  return stream
    ? streamEvents(context, events, { clock, log })
    : context.json(await runAnswer(started.run_id, events));
});

app.get("/runs", async (context) => {
  const { db } = await forCaller(await authenticate(context.req.raw));
  return context.json({ runs: await listRuns(db, parseInput(context.req.query(), RunFilter)) });
});

app.get("/runs/:id", async (context) => {
  const { db } = await forCaller(await authenticate(context.req.raw));
  return context.json(await getRun(db, runId(context)));
});

app.get("/runs/:id/events", async (context) => {
  const { db } = await forCaller(await authenticate(context.req.raw));
  const run_id = runId(context);
  const cursor = context.req.query("after") ?? context.req.header("last-event-id");
  const { after } = parseInput({ after: cursor }, EventCursor);
  await requireRun(db, run_id);
  context.header("x-run-id", run_id);
  return streamEvents(context, followRun(db, { run_id, after, signal: context.req.raw.signal }, clock), {
    clock,
    log,
  });
});

app.post("/runs/:id/cancel", async (context) => {
  const { db } = await forCaller(await authenticate(context.req.raw));
  return context.json(await cancelRun(db, runId(context)), 202);
});

function runId(context: Context): string {
  return parseRunId(context.req.param("id") ?? "");
}

app.all("/", methodNotAllowed("POST"));
app.all("/runs", methodNotAllowed("GET"));
app.all("/runs/:id", methodNotAllowed("GET"));
app.all("/runs/:id/events", methodNotAllowed("GET"));
app.all("/runs/:id/cancel", methodNotAllowed("POST"));

export default { fetch: app.fetch };
