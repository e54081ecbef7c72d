// The routes for clients of the AI SDK: a chat is a session, a message of the assistant's is a run.
import { type Context, Hono } from "hono";
import { z } from "zod";
import { methodNotAllowed } from "../../../shared/http/app.ts";
import { toldError } from "../../../shared/http/error_answer.ts";
import { parseChatId, parseQuery } from "../../../shared/http/parse.ts";
import { ChunkSet } from "../../../shared/protocols/ai_sdk/ai_sdk_chunk.ts";
import { aiSdkErrorAnswer } from "../../../shared/protocols/ai_sdk/ai_sdk_error.ts";
import { uiHistory } from "../../../shared/protocols/ai_sdk/ui_history.ts";
import { STREAM_START } from "../../../shared/protocols/cursor.ts";
import { addAiSdkChat } from "./ai_sdk_chat.ts";
import { sendAiSdk } from "./ai_sdk_stream.ts";
import { assertWithin, eventsQuery, FrameCursor } from "./frame_cursor.ts";
import { ofRun, type Serving, streaming } from "./serving.ts";

const set = ChunkSet.default("6");
const Query = z.strictObject({ set });
const EventsQuery = z.strictObject({ set, after: FrameCursor });

export function addAiSdkRoutes(app: Hono, serving: Serving): void {
  const routes = new Hono({ strict: false });
  routes.onError((thrown, context) => answerInWords(thrown, context, serving));
  addAiSdkChat(routes, serving);
  addChatReading(routes, serving);
  addRunReading(routes, serving);
  app.route("/ai-sdk", routes);
}

/** Its clients show the whole body to their user. */
function answerInWords(thrown: unknown, context: Context, { log }: Serving): Response {
  const { error, request_id } = toldError(thrown, context, log);
  const { status, headers, body } = aiSdkErrorAnswer(error, request_id);
  return context.text(body, status, headers);
}

function addChatReading(routes: Hono, serving: Serving): void {
  const { byPerson, forCaller } = serving;

  routes.get("/:chat_id/stream", async (context) => {
    const caller = await byPerson(context.req.raw);
    const { user_id } = caller;
    const { set } = parseQuery(context.req.query(), Query);
    const { runs, chats } = forCaller(caller);
    const run_id = await chats.unfinishedRun(parseChatId(context.req.param("chat_id")));
    if (run_id === null) return context.body(null, 204);
    return await streaming(serving, user_id, async (onEnd) => {
      const events = await runs.follow(run_id, 0, context.req.raw.signal);
      const onDelivered = () => serving.deliver(user_id, runs, run_id);
      return sendAiSdk(
        context,
        { run_id, events, set, after: STREAM_START },
        { onEnd, onDelivered },
        serving,
      );
    });
  });

  routes.get("/:chat_id/messages", async (context) => {
    const { chats } = forCaller(await byPerson(context.req.raw));
    const { set } = parseQuery(context.req.query(), Query);
    const { rows, logs } = await chats.history(parseChatId(context.req.param("chat_id")));
    return context.json(uiHistory(rows, logs, set));
  });

  routes.all("/:chat_id/stream", methodNotAllowed("GET"));
  routes.all("/:chat_id/messages", methodNotAllowed("GET"));
}

function addRunReading(routes: Hono, serving: Serving): void {
  routes.get(
    "/runs/:id/events",
    ofRun(serving, async (run_id, { context, user_id, runs, chats }) => {
      const { set, after = STREAM_START } = parseQuery(eventsQuery(context), EventsQuery);
      return await streaming(serving, user_id, async (onEnd) => {
        if (after.seq > 0) assertWithin(await chats.run(run_id), after);
        const events = await runs.follow(run_id, 0, context.req.raw.signal);
        const onDelivered = () => serving.deliver(user_id, runs, run_id);
        return sendAiSdk(context, { run_id, events, set, after }, { onEnd, onDelivered }, serving);
      });
    }, serving.byPerson),
  );
  routes.all("/runs/:id/events", methodNotAllowed("GET"));
}
