// One address for everything, as on the platform: /auth/v1, /rest/v1, /functions/v1/<name>. Bodies stream
// through both ways unbuffered, and a client that goes away takes its upstream request with it. Browsers may
// call auth and REST from anywhere; the functions speak for themselves. What the platform has besides is answered with
// a sentence.
import { preflight, withCors } from "./cors.ts";
import type { Log } from "./process/child.ts";

/** Where each part listens, without a slash at the end; undefined while it is not running. */
export interface Upstreams {
  /** The folder of the project that is served, told to whoever asks for `/stack`, but to no page of another origin. */
  root?: string;
  auth_and_rest?: string;
  /** A promise while it boots: as on the platform, what is called meanwhile waits. */
  functions: Record<string, string | Promise<string>>;
  /** Why a function does not run. */
  problems: Record<string, string>;
}

export interface Gateway {
  url: string;
  stop(): Promise<void>;
}

/** The port is taken by another program. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
}

// They speak of one connection, not of the message (RFC 9110, 7.6.1).
const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
  "host",
];

/** Listens at once (port 0: any free one); `upstreams` may be filled in later. */
export function startGateway(port: number, upstreams: Upstreams, log: Log): Gateway {
  try {
    const server = Deno.serve({
      hostname: "127.0.0.1",
      port,
      onListen: () => {},
      onError: () => sentence(500, "The gateway failed on this request."),
    }, (request) => forward(request, upstreams, log));
    return { url: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AddrInUse)) throw cause;
    throw new PortTakenError(
      `Port ${port} is taken by another program. Stop that, or choose another with --port, for example --port ${
        port + 10
      }.`,
      { cause },
    );
  }
}

/** What a project has on the platform and the stack has not: nothing of the engine needs it. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  realtime: "Realtime is not part of this local stack. A run's events come from GET /runs/:id/events.",
  storage: "Storage is not part of this local stack.",
  graphql: "GraphQL is not part of this local stack. The same rows are at /rest/v1.",
};

async function forward(request: Request, upstreams: Upstreams, log: Log): Promise<Response> {
  const url = new URL(request.url);
  const for_api = /^\/(auth|rest)\/v1\//.test(url.pathname);
  const missing = ELSEWHERE[url.pathname.split("/")[1] ?? ""];
  if ((for_api || missing) && request.method === "OPTIONS") return preflight(request);
  if (missing) return sentence(501, missing);
  const target = await route(url, upstreams);
  if (target instanceof Response) return target;
  const headers = new Headers(request.headers);
  for (const name of HOP_BY_HOP) headers.delete(name);
  // Compression gains nothing on loopback, and it would hold back the chunks of a stream.
  headers.set("accept-encoding", "identity");
  headers.set("x-forwarded-host", url.host);
  headers.set("x-forwarded-proto", "http");
  try {
    const answer = await fetch(target, {
      method: request.method,
      headers,
      body: request.body,
      redirect: "manual",
      signal: request.signal,
    });
    return for_api ? withCors(answer) : new Response(answer.body, answer);
  } catch (error) {
    if (request.signal.aborted) return sentence(499, "The client went away.");
    log("gateway", `${request.method} ${url.pathname}: ${error}`);
    return sentence(502, `The service behind ${url.pathname} does not answer.`);
  }
}

async function route(url: URL, upstreams: Upstreams): Promise<URL | Response> {
  if (url.pathname === "/stack") return Response.json({ root: upstreams.root ?? null });
  const [, service, version, slug] = url.pathname.split("/");
  if (version === "v1" && (service === "auth" || service === "rest")) {
    if (!upstreams.auth_and_rest) return sentence(503, "Auth and REST are not running yet.");
    return new URL(url.pathname + url.search, upstreams.auth_and_rest);
  }
  if (version === "v1" && service === "functions" && slug) {
    const base = await upstreams.functions[slug];
    if (!base && upstreams.problems[slug]) {
      return sentence(503, `The function did not start: ${upstreams.problems[slug]}`);
    }
    if (!base) return sentence(404, `There is no function "${slug}" here.`);
    return new URL(url.pathname.slice("/functions/v1".length) + url.search, base);
  }
  return sentence(404, "Known paths start with /auth/v1, /rest/v1 or /functions/v1/<name>.");
}

function sentence(status: number, message: string): Response {
  return Response.json({ message }, { status, headers: { "access-control-allow-origin": "*" } });
}
