// A model host that plays a script of raw bytes: split anywhere, stalled, cut off or broken, as real hosts
// do. It records every request. A request that the script does not expect, or a turn that nobody asked for,
// fails the test when the server is closed.
import { z } from "zod";

export type WireStep =
  /** Bytes of the body, in one write. */
  | { send: string | Uint8Array }
  /** The same bytes, one write for each. */
  | { send_bytewise: string }
  /** The same text again and again until the client goes away, with a pause in between. */
  | { repeat: string; every_ms: number }
  /** Waits until the test lets it go on. */
  | { until: Promise<void> }
  /** Sends nothing more and waits for the client to go away. */
  | { stall: true }
  /** Breaks the connection in the middle of the body. */
  | { reset: true };

export interface WireTurn {
  /** 200 unless given. */
  status?: number;
  /** text/event-stream unless given. */
  headers?: Record<string, string>;
  /** `before_headers` stalls before a single byte was sent. */
  stall?: "before_headers";
  /** Why a host this strict refuses the request, in words; nothing where it takes it. */
  refuses?(body: WireRequest["body"]): string | null;
  body: WireStep[];
}

const RequestBody = z.record(z.string(), z.json());

export interface WireRequest {
  method: string;
  path: string;
  headers: Headers;
  body: z.infer<typeof RequestBody>;
}

export interface WireServer {
  /** The base URL for LLM_BASE_URL. */
  url: string;
  requests: WireRequest[];
  /** Resolves when the nth request (from 0) has come in. */
  received(request: number): Promise<void>;
  /** Resolves when the client of the nth request (from 0) has gone away or was answered. */
  ended(request: number): Promise<void>;
  /** Stops the server; throws if the script and what happened differ. */
  close(): Promise<void>;
}

/** Starts a server on a free loopback port that plays one turn per request, in order. */
export function startWireServer(turns: WireTurn[]): WireServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: WireRequest[] = [];
  const problems: string[] = [];
  const connections = new Set<Deno.TcpConn>();
  const endings = turns.map(() => Promise.withResolvers<void>());
  const arrivals = turns.map(() => Promise.withResolvers<void>());
  const work: Promise<void>[] = [];

  async function serve(connection: Deno.TcpConn): Promise<void> {
    connections.add(connection);
    let number = -1;
    try {
      connection.setNoDelay(true);
      const request = await readRequest(connection);
      if (!request) return;
      number = requests.push(request) - 1;
      arrivals[number]?.resolve();
      const turn = turns[number];
      if (!turn) {
        problems.push(`request ${number + 1} was not expected: the script has ${turns.length} turns`);
        await write(connection, "HTTP/1.1 599 Unscripted\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
        return;
      }
      await play(connection, strictly(turn, request));
    } catch (thrown) {
      // The client went away while we wrote to it.
      if (!isDisconnect(thrown)) problems.push(String(thrown));
    } finally {
      connections.delete(connection);
      close(connection);
      endings[number]?.resolve();
    }
  }

  const accepting = (async () => {
    try {
      for await (const connection of listener) work.push(serve(connection));
    } catch (thrown) {
      if (!isDisconnect(thrown)) problems.push(String(thrown));
    }
  })();

  return {
    url: `http://127.0.0.1:${listener.addr.port}/v1`,
    requests,
    async received(request) {
      await arrivals[request]?.promise;
    },
    async ended(request) {
      await endings[request]?.promise;
    },
    async close() {
      listener.close();
      for (const connection of connections) close(connection);
      await accepting;
      await Promise.all(work);
      if (requests.length < turns.length) {
        problems.push(`only ${requests.length} of ${turns.length} scripted turns were asked for`);
      }
      if (problems.length > 0) throw new Error(`The wire script was not followed: ${problems.join("; ")}`);
    },
  };
}

/** The turn, or the refusal of a request that it does not take. */
function strictly(turn: WireTurn, { body }: WireRequest): WireTurn {
  const reason = turn.refuses?.(body) ?? null;
  if (reason === null) return turn;
  const error = { message: reason, type: "invalid_request_error" };
  return {
    status: 400,
    headers: { "content-type": "application/json" },
    body: [{ send: JSON.stringify({ error }) }],
  };
}

async function play(connection: Deno.TcpConn, turn: WireTurn): Promise<void> {
  if (turn.stall === "before_headers") return await clientGone(connection);
  const broken = turn.body.some((step) => "reset" in step);
  const headers = {
    "content-type": "text/event-stream",
    ...turn.headers,
    connection: "close",
    // Only a chunked body can end in a way that the client sees as broken.
    ...(broken ? { "transfer-encoding": "chunked" } : {}),
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  await write(connection, `HTTP/1.1 ${turn.status ?? 200} Scripted\r\n${lines}\r\n`);
  const send = broken ? writeChunk : write;
  for (const step of turn.body) {
    if ("send" in step) await send(connection, step.send);
    else if ("send_bytewise" in step) {
      for (const byte of new TextEncoder().encode(step.send_bytewise)) {
        await send(connection, Uint8Array.of(byte));
      }
    } else if ("repeat" in step) await repeat(connection, step.repeat, step.every_ms);
    else if ("until" in step) await step.until;
    else if ("stall" in step) await clientGone(connection);
    else return;
  }
}

/** Writes until the client's end is gone; the error of the failed write ends the turn. */
async function repeat(connection: Deno.TcpConn, text: string, every_ms: number): Promise<never> {
  for (;;) {
    await write(connection, text);
    if (every_ms > 0) await new Promise((resolve) => setTimeout(resolve, every_ms));
  }
}

async function clientGone(connection: Deno.TcpConn): Promise<void> {
  while (await connection.read(new Uint8Array(1024)) !== null);
}

async function readRequest(connection: Deno.TcpConn): Promise<WireRequest | null> {
  let bytes = new Uint8Array();
  const buffer = new Uint8Array(65_536);
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return null;
    bytes = concat(bytes, buffer.subarray(0, count));
    const text = new TextDecoder("latin1").decode(bytes);
    const head_end = text.indexOf("\r\n\r\n");
    if (head_end === -1) continue;
    const [start = "", ...lines] = text.slice(0, head_end).split("\r\n");
    const headers = new Headers(lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }));
    const body = bytes.subarray(head_end + 4);
    if (body.byteLength < Number(headers.get("content-length") ?? 0)) continue;
    const [method = "", path = ""] = start.split(" ");
    return { method, path, headers, body: RequestBody.parse(JSON.parse(new TextDecoder().decode(body))) };
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.byteLength + b.byteLength);
  joined.set(a);
  joined.set(b, a.byteLength);
  return joined;
}

async function writeChunk(connection: Deno.TcpConn, data: string | Uint8Array): Promise<void> {
  const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
  await write(connection, `${bytes.byteLength.toString(16)}\r\n`);
  await write(connection, bytes);
  await write(connection, "\r\n");
}

async function write(connection: Deno.TcpConn, data: string | Uint8Array): Promise<void> {
  let rest = typeof data === "string" ? new TextEncoder().encode(data) : data;
  while (rest.byteLength > 0) rest = rest.subarray(await connection.write(rest));
}

function close(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // Closed already.
  }
}

function isDisconnect(thrown: unknown): boolean {
  return thrown instanceof Deno.errors.BrokenPipe || thrown instanceof Deno.errors.ConnectionReset ||
    thrown instanceof Deno.errors.BadResource || thrown instanceof Deno.errors.Interrupted ||
    thrown instanceof Deno.errors.NotConnected;
}
