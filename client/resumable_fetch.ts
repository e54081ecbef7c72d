// `fetch` with the reconnecting underneath: any reader of server-sent events gets a run's whole stream from one
// Response, however often the connection breaks. Other requests and answers pass as they are.
import { type AccessToken, bearerOf } from "./access_token.ts";
import { errorOfResponse } from "./client_error.ts";
import { parseJson } from "./guards.ts";
import { resume } from "./resume.ts";
import { hasStatus } from "./row_guards.ts";
import type { Piece } from "./sse_parser.ts";
import { anySignal, platformTimers, type Timers } from "./waiting.ts";

export interface ResumableFetchOptions {
  /** A fresh access token, for a run that outlives the one it was started with. */
  token?: AccessToken;
  clock?: Timers;
  random?: () => number;
}

/**
 * Wraps `fetch`. The body of `POST /agent-planner`, `POST /agent-planner/runs/:id/decisions` or
 * `GET /agent-planner/runs/:id/events` is continued by the latter, from the last id seen, until the terminal event or
 * the pause in which the run waits for a person. It fails with AgentClientError when that is refused, or after ten
 * failures without an event between them. Works as `global.fetch` of supabase-js.
 */
export function resumableFetch(
  fetch: typeof globalThis.fetch,
  { token, clock = platformTimers, random = Math.random }: ResumableFetchOptions = {},
): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const run_id = response.headers.get("x-run-id");
    const streams = response.headers.get("content-type")?.startsWith("text/event-stream");
    if (!response.ok || run_id === null || !streams) return response;

    const request = input instanceof Request ? input : undefined;
    const url = new URL(request?.url ?? String(input));
    const headers = new Headers(init?.headers ?? request?.headers);
    const told = response.headers.get("x-run-after") ?? url.searchParams.get("after");
    const after = Number(told ?? headers.get("last-event-id") ?? 0);
    headers.delete("content-type");
    url.search = "";
    url.pathname = `${url.pathname.replace(/\/(runs\/.*)?$/, "")}/runs/${run_id}/events`;

    async function get(url: string, signal?: AbortSignal): Promise<Response> {
      let answer = await fetch(url, { headers, signal });
      if (answer.status === 401 && token) {
        await answer.body?.cancel();
        headers.set("authorization", await bearerOf(token));
        answer = await fetch(url, { headers, signal });
      }
      if (!answer.ok) throw await errorOfResponse(answer);
      return answer;
    }

    const reading = new AbortController();
    const pieces = resume({
      after,
      first: response,
      open(last, signal) {
        headers.set("last-event-id", String(last));
        return get(url.href, signal);
      },
      async over() {
        const run = parseJson(await (await get(url.href.replace(/\/events$/, ""))).text());
        return hasStatus(run) && run.status !== "running";
      },
    }, { clock, random, signal: anySignal(init?.signal ?? request?.signal, reading.signal) });

    const text = new TextEncoder();
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const { done, value } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(text.encode(written(value)));
      },
      cancel: (reason) => reading.abort(reason),
    });
    return new Response(body, { status: response.status, headers: response.headers });
  };
}

function written(piece: Piece): string {
  if (piece.type === "comment") return `: ${piece.text}\n\n`;
  const data = piece.data.split("\n").map((line) => `data: ${line}\n`).join("");
  return `event: ${piece.event}\n${data}id: ${piece.id}\n\n`;
}
