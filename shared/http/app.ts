// What every function has around its routes: CORS, on errors too, a request id, a bound on the body, one place that
// turns errors into answers, and time to come to an answer, though nobody waits for it any more.
import { Hono, type MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { cors } from "hono/cors";
import { requestId } from "hono/request-id";
import type { Log } from "../agents/ports.ts";
import { AgentError } from "../contracts/errors.ts";
import { MAX_BODY_BYTES } from "../contracts/request.ts";
import { EVENT_PROTOCOL, VERSION } from "../version.ts";
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

interface AppOptions {
  log: Log;
  /** Keeps the process alive for work that outlives its request. */
  background(work: Promise<unknown>): void;
  /** Routes below these see to the size of their bodies by themselves. */
  own_bounds?: readonly string[];
}

/** An app whose paths begin with the function's name, as the platform hands them over. */
export function createApp(
  name: "agent-planner" | "agent-executor",
  { log, background, own_bounds = [] }: AppOptions,
): Hono {
  const app = new Hono({ strict: false }).basePath(`/${name}`);
  // A process that ended while it claims something, its caller being gone, would leave a lease that nobody works under.
  app.use(async (context, next) => {
    const handled = next();
    background(handled);
    await handled;
    context.header("x-agent-version", VERSION);
    context.header("x-event-protocol", String(EVENT_PROTOCOL));
  });
  app.use(cors({
    origin: "*",
    allowMethods: ["GET", "POST", "OPTIONS"],
    allowHeaders: ALLOWED_HEADERS,
    exposeHeaders: [
      "x-agent-version",
      "x-event-protocol",
      "x-request-id",
      "x-run-id",
      "x-run-after",
      "x-error-kind",
      "retry-after",
    ],
    maxAge: 86_400,
  }));
  app.use(requestId());
  const bounded = boundedBody(MAX_BODY_BYTES);
  const own = own_bounds.map((path) => `/${name}${path}`);
  app.use((context, next) =>
    own.some((path) => context.req.path.startsWith(path)) ? next() : bounded(context, next)
  );
  app.onError((error, context) => answerError(error, context, log));
  app.notFound((context) =>
    answerError(new AgentError("not_found", "There is no such route."), context, log)
  );
  return app;
}

/** Refuses bodies of more bytes, as soon as so many have come. `hint` says what to do about it. */
export function boundedBody(bytes: number, hint = ""): MiddlewareHandler {
  return bodyLimit({
    maxSize: bytes,
    onError: () => {
      throw new AgentError("too_large", `The body is larger than ${bytes / 1024} KB.${hint}`);
    },
  });
}

/** For a path that exists under another method. */
export function methodNotAllowed(allowed: string): () => never {
  return () => {
    throw new AgentError("method_not_allowed", `This route takes ${allowed} only.`, {
      details: { allow: allowed },
    });
  };
}
