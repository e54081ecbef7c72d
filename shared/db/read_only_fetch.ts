// The third of the four locks on read-only agents: a client that is made with this fetch cannot send a request
// that changes anything. PostgREST runs what does pass in READ ONLY transactions, which is the same lock again.

const READING_METHODS = ["GET", "HEAD"];

/** Thrown in place of the request. */
export class ReadOnlyViolation extends Error {
  override readonly name = "ReadOnlyViolation";

  constructor(method: string, url: string) {
    super(`Cannot send ${method} to ${url}: this client may only read`);
  }
}

/** The same fetch, for GET and HEAD only; every other method is refused before anything is sent. */
export function readOnlyFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const method = (init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase();
    if (!READING_METHODS.includes(method)) {
      const url = new URL(input instanceof Request ? input.url : input);
      throw new ReadOnlyViolation(method, url.pathname);
    }
    return await fetch(input, init);
  };
}
