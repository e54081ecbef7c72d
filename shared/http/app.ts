// What every function has around its routes: CORS, on errors too, a request id, a bound on the body, and one
// place that turns errors into answers.
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { requestId } from "hono/request-id";
import type { Log } from "../agents/ports.ts";
import { AgentError } from "../contracts/errors.ts";
import { MAX_BODY_BYTES } from "../contracts/request.ts";
import { answerError } from "./error_answer.ts";

const ALLOWED_HEADERS = [
  "authorization",
  "apikey",
  "content-type",
  "last-event-id",
  "x-agent-authorization",
  "x-client-info",
  "x-region",
  "x-request-id",
  "x-retry-count",
  "traceparent",
  "tracestate",
  "baggage",
];

/** An app whose paths begin with the function's name, as the platform hands them over. */
export function createApp(name: "agent-planner" | "agent-executor", log: Log): Hono {
  const app = new Hono({ strict: false }).basePath(`/${name}`);
  app.use(cors({
    origin: "*",
    allowMethods: ["GET", "POST", "OPTIONS"],
    allowHeaders: ALLOWED_HEADERS,
    exposeHeaders: ["x-request-id", "x-run-id", "x-run-after", "retry-after"],
    maxAge: 86_400,
  }));
  app.use(requestId());
  app.use(bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: () => {
      throw new AgentError("too_large", `The body is larger than ${MAX_BODY_BYTES / 1024} KB.`);
    },
  }));
  app.onError((error, context) => answerError(error, context, log));
  app.notFound((context) =>
    answerError(new AgentError("not_found", "There is no such route."), context, log)
  );
  return app;
}

/** For a path that exists under another method. */
export function methodNotAllowed(allowed: string): () => never {
  return () => {
    throw new AgentError("method_not_allowed", `This route takes ${allowed} only.`, {
      details: { allow: allowed },
    });
  };
}
