// A model host that writes tokens, each in a frame and a write of its own, as fast as they are read or slower.
export interface TokenHost {
  /** The base URL for LLM_BASE_URL. */
  url: string;
  /** How it answers from now on; 0 tokens a second is "as fast as they are read". */
  answer: { tokens: number; tokens_per_second: number };
  /** When it wrote last, in milliseconds on the clock of `performance`. */
  readonly last_frame_at: number;
  stop(): Promise<void>;
}

export function startTokenHost(): TokenHost {
  let last_frame_at = 0;
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    await request.body?.cancel();
    const { tokens, tokens_per_second } = host.answer;
    const frames = framesOf(tokens);
    const started = performance.now();
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      async pull(controller) {
        const early = tokens_per_second === 0
          ? 0
          : started + sent * 1_000 / tokens_per_second - performance.now();
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
        sent += 1;
        const next = frames.next();
        if (next.done) controller.close();
        else controller.enqueue(next.value);
        last_frame_at = performance.now();
      },
    });
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  });
  const host: TokenHost = {
    url: `http://127.0.0.1:${server.addr.port}/v1`,
    answer: { tokens: 1, tokens_per_second: 0 },
    get last_frame_at() {
      return last_frame_at;
    },
    stop: () => server.shutdown(),
  };
  return host;
}

function* framesOf(tokens: number): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const frame = (choices: object[], usage: object | null) =>
    encoder.encode(
      `data: ${
        JSON.stringify({
          id: "gen-0123456789",
          object: "chat.completion.chunk",
          created: 1_790_000_000,
          model: "tokens",
          choices,
          usage,
        })
      }\n\n`,
    );
  for (let i = 0; i < tokens; i += 1) {
    const content = `${i === 0 ? "" : " "}word${i % 10}`;
    yield frame([{ index: 0, delta: { content }, finish_reason: null }], null);
  }
  yield frame([{ index: 0, delta: {}, finish_reason: "stop" }], null);
  yield frame([], { prompt_tokens: 1_000, completion_tokens: tokens, total_tokens: 1_000 + tokens });
  yield encoder.encode("data: [DONE]\n\n");
}
