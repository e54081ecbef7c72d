// A way to the stack's auth and REST that fails as a test wants it to: while it does, each request to REST is treated
// as the mode says.
import { testStack } from "./stack.ts";

export type ApiMode =
  /** As if there were no database: 503 from something on the way to it. */
  | "away"
  /** Nobody ever answers. */
  | "hangs"
  /** It does what it is asked to, and the answer is lost on its way back. */
  | "loses_answers"
  /** The access token has expired. */
  | "token_expired";

export interface FailingApi extends AsyncDisposable {
  url: string;
  /** From now on, requests whose path ends so (all, where none is given) fail so. */
  fail(mode: ApiMode, path?: string): void;
  /** Resolves when requests of so many users have met the failure. */
  met(users?: number): Promise<void>;
  /** From now on everything works, after so many milliseconds. */
  recover(after_ms?: number): Promise<void>;
}

/** Starts one in front of the test stack. Use with `await using`. */
export function startFailingApi(): FailingApi {
  const { url } = testStack();
  const closed = new AbortController();
  let failing: { mode: ApiMode; path: string } | null = null;
  /** The tokens that have met it, and what waits for so many. */
  let met = new Set<string | null>();
  let waiting: { users: number; resolve(): void }[] = [];

  async function answer(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.delete("host");
    const forward = () =>
      fetch(`${url}${pathname}${search}`, {
        method: request.method,
        headers,
        body: request.body,
        signal: request.signal,
      });
    if (failing === null || !pathname.startsWith("/rest/v1/") || !pathname.endsWith(failing.path)) {
      return await forward();
    }
    const { mode } = failing;
    if (mode === "loses_answers") await (await forward()).text();
    met.add(headers.get("authorization"));
    waiting.filter(({ users }) => users <= met.size).forEach(({ resolve }) => resolve());
    switch (mode) {
      case "away":
      case "loses_answers":
        return new Response(null, { status: 503 });
      case "hangs":
        return await new Promise<Response>((resolve) => {
          const end = () => resolve(new Response(null, { status: 499 }));
          const gone = AbortSignal.any([request.signal, closed.signal]);
          if (gone.aborted) end();
          else gone.addEventListener("abort", end);
        });
      case "token_expired":
        return Response.json({ code: "PGRST303", message: "JWT expired" }, { status: 401 });
    }
  }

  // Not in good order: a request that hangs would be waited for.
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: closed.signal },
    (request) => answer(request).catch(() => new Response(null, { status: 502 })),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    fail(mode, path = "") {
      met = new Set();
      waiting = [];
      failing = { mode, path };
    },
    met: (users = 1) =>
      new Promise((resolve) => users <= met.size ? resolve() : waiting.push({ users, resolve })),
    async recover(after_ms = 0) {
      await new Promise<void>((resolve) => setTimeout(resolve, after_ms));
      failing = null;
    },
    async [Symbol.asyncDispose]() {
      failing = null;
      closed.abort();
      await server.finished;
    },
  };
}
