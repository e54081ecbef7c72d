// A way to the stack's auth and REST that notes what is asked of REST.
import { testStack } from "./stack.ts";

export interface SeenRequest {
  method: string;
  /** Behind /rest/v1/. */
  path: string;
  headers: Headers;
}

export interface WatchedApi extends AsyncDisposable {
  url: string;
  seen: SeenRequest[];
}

/** Starts one in front of the test stack. Use with `await using`. */
export function startWatchedApi(): WatchedApi {
  const { url } = testStack();
  const seen: SeenRequest[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.delete("host");
    const [, path] = /^\/rest\/v1\/(.*)$/.exec(pathname) ?? [];
    if (path !== undefined) seen.push({ method: request.method, path, headers });
    return fetch(`${url}${pathname}${search}`, { method: request.method, headers, body: request.body });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    seen,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}
