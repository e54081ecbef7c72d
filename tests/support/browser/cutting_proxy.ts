// A way to the stack that cuts streams where a test wants it: after so many frames, in the middle of a line, or now.
// It speaks HTTP, so that a browser's other requests pass, whichever connection they share.
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { Readable } from "node:stream";

/** How much of a stream passes: whole frames, and so many bytes of the next one. */
export interface Allowance {
  frames: number;
  bytes?: number;
}

export interface CuttingProxy extends AsyncDisposable {
  url: string;
  /** The paths of the streams that were opened, in order, with their queries. */
  readonly streams: readonly string[];
  readonly cuts: number;
  /** Breaks the streams that are open. */
  cutAll(): void;
}

/** Cuts the nth stream as `allow` says, counted from 0; null lets it pass. Use with `await using`. */
export async function cuttingProxy(
  target: string,
  allow: (nth: number) => Allowance | null = () => null,
): Promise<CuttingProxy> {
  const streams: string[] = [];
  const open = new Set<() => void>();
  let cuts = 0;

  async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const left = new AbortController();
    response.on("close", () => left.abort());
    const { host: _, connection: __, ...headers } = request.headers;
    const answer = await fetch(target + request.url, {
      method: request.method,
      headers: Object.entries(headers).map(([name, value]) => [name, String(value)]),
      body: /^(GET|HEAD)$/.test(request.method ?? "") ? null : await bodyOf(request),
      redirect: "manual",
      signal: left.signal,
    });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    response.flushHeaders();
    const is_stream = answer.headers.get("content-type")?.startsWith("text/event-stream");
    const allowance = is_stream ? allow(streams.push(request.url ?? "") - 1) : null;
    const meter = allowance && meterOf(allowance);
    const cut = () => {
      cuts += 1;
      response.destroy();
    };
    if (is_stream) open.add(cut);
    try {
      for await (const bytes of answer.body ?? []) {
        const sent = meter ? meter.take(bytes) : bytes.length;
        if (sent > 0) await new Promise((resolve) => response.write(bytes.subarray(0, sent), resolve));
        if (meter?.spent()) return cut();
      }
      response.end();
    } finally {
      open.delete(cut);
    }
  }

  // Whoever has left, or was cut off, has nothing to be told.
  const server = createServer((request, response) =>
    void pass(request, response).catch(() => response.destroy())
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    streams,
    get cuts() {
      return cuts;
    },
    cutAll: () => [...open].forEach((cut) => cut()),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<ArrayBuffer> {
  return await new Response(Readable.toWeb(request)).arrayBuffer();
}

const LINE_FEED = 10;

/** Counts frames, which end with an empty line, and then bytes. */
function meterOf({ frames, bytes: more = 0 }: Allowance) {
  let [frames_left, bytes_left, before] = [frames, more, 0];
  const spent = () => frames_left === 0 && bytes_left === 0;
  return {
    spent,
    /** How many of these bytes may pass. */
    take(bytes: Uint8Array): number {
      for (const [at, byte] of bytes.entries()) {
        if (spent()) return at;
        if (frames_left === 0) bytes_left -= 1;
        else if (byte === LINE_FEED && before === LINE_FEED) frames_left -= 1;
        before = byte;
      }
      return bytes.length;
    },
  };
}
