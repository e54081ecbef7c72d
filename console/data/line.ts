// Whether the project answers, as the requests of this page have seen it. A reader of a run goes on over a broken line
// by itself; people are told when that takes longer than a moment.

export interface Line {
  /** When it broke, by the page's clock; null while it holds. */
  readonly broken_at: number | null;
  /** `fetch`, watched: also the streams that it opens. */
  readonly fetch: typeof fetch;
}

export function watchedLine(inner: typeof fetch, now: () => number): Line {
  let broken_at: number | null = null;
  const broke = () => void (broken_at ??= now());

  async function watched(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    try {
      const response = await inner(input, init);
      if (response.status < 500) broken_at = null;
      const streams = response.headers.get("content-type")?.startsWith("text/event-stream");
      return streams && response.body ? withWatchedBody(response, response.body, broke) : response;
    } catch (error) {
      if (!init?.signal?.aborted) broke();
      throw error;
    }
  }

  return {
    get broken_at() {
      return broken_at;
    },
    fetch: watched,
  };
}

/** The same answer. Its end is a break until another request is answered: a run that has ended needs no line. */
function withWatchedBody(response: Response, body: ReadableStream<Uint8Array>, broke: () => void): Response {
  const reader = body.getReader();
  const watched = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) return controller.enqueue(new Uint8Array(value));
        broke();
        controller.close();
      } catch (error) {
        broke();
        controller.error(error);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(watched, response);
}
