// One address for many scripted hosts: looks at who a model request is for, and hands the connection, byte for
// byte, to the host that plays for them. So one pair of functions serves a whole file of tests.
import { z } from "zod";

/** What of a request says where it belongs. */
const RoutedBody = z.object({
  user: z.string(),
  messages: z.array(z.object({ role: z.string(), content: z.string().nullable() })),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).default([]),
});
export type RoutedBody = z.infer<typeof RoutedBody>;

export interface WireRelay {
  /** The base URL for LLM_BASE_URL. */
  url: string;
  stop(): Promise<void>;
}

/** Starts a relay; `portFor` names the loopback port of the host for a request, null where there is none. */
export function startWireRelay(portFor: (body: RoutedBody) => number | null): WireRelay {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  const work: Promise<void>[] = [];

  async function relay(client: Deno.TcpConn): Promise<void> {
    open.add(client);
    const both = [client];
    try {
      const request = await readWhole(client);
      const port = request && portFor(request.body);
      if (!request || port === null) return;
      const host = await Deno.connect({ hostname: "127.0.0.1", port });
      open.add(host);
      both.push(host);
      for (const end of both) end.setNoDelay(true);
      await writeAll(host, request.bytes);
      // Whichever end goes away takes the other with it.
      await Promise.race([copy(host, client), copy(client, host)]);
    } catch {
      // A broken connection is what many scripts are about; the host and the function judge it.
    } finally {
      for (const end of both) {
        open.delete(end);
        close(end);
      }
    }
  }

  const accepting = (async () => {
    try {
      for await (const client of listener) work.push(relay(client));
    } catch {
      // The listener was closed.
    }
  })();

  return {
    url: `http://127.0.0.1:${listener.addr.port}/v1`,
    async stop() {
      close(listener);
      for (const end of open) close(end);
      await accepting;
      await Promise.all(work);
    },
  };
}

/** A request to its last byte, and its body; null when the client leaves before that. */
async function readWhole(
  client: Deno.TcpConn,
): Promise<{ bytes: Uint8Array; body: RoutedBody } | null> {
  const pieces: Uint8Array[] = [];
  const buffer = new Uint8Array(65_536);
  for (let left = Infinity; left > 0;) {
    const count = await client.read(buffer);
    if (count === null) return null;
    pieces.push(buffer.slice(0, count));
    const text = new TextDecoder("latin1").decode(joined(pieces));
    const head = text.indexOf("\r\n\r\n") + 4;
    const length = /^content-length: (\d+)\r$/im.exec(text)?.[1];
    if (head >= 4) left = head + Number(length ?? 0) - text.length;
  }
  const bytes = joined(pieces);
  const text = new TextDecoder().decode(bytes);
  return { bytes, body: RoutedBody.parse(JSON.parse(text.slice(text.indexOf("\r\n\r\n") + 4))) };
}

async function copy(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(65_536);
  for (let count = await from.read(buffer); count !== null; count = await from.read(buffer)) {
    await writeAll(to, buffer.subarray(0, count));
  }
}

async function writeAll(to: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let rest = bytes; rest.byteLength > 0;) rest = rest.subarray(await to.write(rest));
}

function joined(pieces: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0));
  pieces.reduce((at, piece) => (all.set(piece, at), at + piece.byteLength), 0);
  return all;
}

function close(end: { close(): void }): void {
  try {
    end.close();
  } catch {
    // Closed already.
  }
}
