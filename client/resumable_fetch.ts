// `fetch` with the reconnecting underneath: any reader of server-sent events gets a run's whole stream from one
// Response, however often the connection breaks. Other requests and answers pass as they are.
import { type AccessToken, sendAuthorized } from "./authorized.ts";
import { positionOf } from "./position.ts";
import { resume } from "./resume.ts";
import { type Timers, waitingFor } from "./waiting.ts";

export interface ResumableFetchOptions {
  /** A fresh access token, for a run that outlives the one it was started with. */
  token?: AccessToken;
  clock?: Timers;
  random?: () => number;
}

/**
 * Wraps `fetch`. The stream of a run, in any of its protocols, is continued by `GET …/runs/:id/events` below the route
 * that it came from, from the last id seen, until the terminal event or the pause in which the run waits for a person.
 * It fails with AgentClientError when that is refused, or after ten failures without an event between them. Works as
 * `global.fetch` of supabase-js, and as the `fetch` of the AI SDK's transports and of AG-UI's HttpAgent.
 */
export function resumableFetch(
  fetch: typeof globalThis.fetch,
  options: ResumableFetchOptions = {},
): typeof globalThis.fetch {
  const { token } = options;
  return async (input, init) => {
    const response = await fetch(input, init);
    const run_id = response.headers.get("x-run-id");
    const streams = response.headers.get("content-type")?.startsWith("text/event-stream");
    if (!response.ok || run_id === null || !streams) return response;

    const request = input instanceof Request ? input : undefined;
    const headers = Object.fromEntries(new Headers(init?.headers ?? request?.headers));
    const credentials = init?.credentials ?? request?.credentials;
    const url = new URL(request?.url ?? String(input), response.url || undefined);
    const told = response.headers.get("x-run-after") ?? url.searchParams.get("after") ??
      headers["last-event-id"];
    const after = positionOf(told) || 0;
    const base = url.pathname.replace(/\/(runs\/.*|[^/]+\/stream)?$/, "");
    delete headers["content-type"];
    url.searchParams.delete("after");

    const reading = new AbortController();
    const pieces = resume({
      ...{ after, first: response },
      get(what, more) {
        // A run itself is asked for where the projections of its events are not.
        url.pathname = `${what ? base : base.replace(/\/a[ig]-\w+$/, "")}/runs/${run_id}${what}`;
        return sendAuthorized(
          fetch,
          url.href,
          { credentials, ...more, headers: { ...headers, ...more.headers } },
          token,
        );
      },
    }, waitingFor(options, init?.signal ?? request?.signal, reading.signal));

    const encoder = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encoder.encode(`${value.text}\n\n`));
      },
      cancel: (reason) => reading.abort(reason),
    });
    return new Response(body, response);
  };
}
