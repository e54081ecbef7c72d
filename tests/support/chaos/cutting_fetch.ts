// A client's connection that breaks: before a request, after its answer was made, or in the middle of its body.

export type CutPoint = "client.request" | "client.answer" | "client.body";

/** `cut` is asked at every point: before a request goes out, when its answer comes, and at each piece of it. */
export function cuttingFetch(fetcher: typeof fetch, cut: (point: CutPoint) => boolean): typeof fetch {
  return async (input, init) => {
    if (cut("client.request")) throw new TypeError("The connection was cut before the request");
    const connection = new AbortController();
    const signal = init?.signal ? AbortSignal.any([init.signal, connection.signal]) : connection.signal;
    const answer = await fetcher(input, { ...init, signal });
    if (cut("client.answer")) {
      connection.abort();
      throw new TypeError("The connection was cut before the answer");
    }
    if (answer.body === null) return answer;
    const pieces = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(piece, controller) {
        if (!cut("client.body")) return controller.enqueue(piece);
        connection.abort();
        controller.error(new TypeError("The connection was cut in the answer"));
      },
    });
    return new Response(answer.body.pipeThrough(pieces), answer);
  };
}
