// A way to the stack that breaks: a connection is closed once so many bytes of the answer have passed, or all of them
// are, for a while.
import { testStack } from "./stack.ts";

export interface CuttingProxy extends AsyncDisposable {
  url: string;
  /** How many connections were closed before the gateway closed them. */
  readonly cuts: number;
  /** Closes all connections that are open. */
  cutAll(): void;
  /** Cuts all connections, and refuses new ones until so many were refused. Resolves when that is over. */
  goAway(refusals: number): Promise<void>;
}

/** Proxies to the test gateway. The first connections pass on so many bytes each, those after them everything. */
export function startCuttingProxy(allowances: number[]): CuttingProxy {
  const gateway = new URL(testStack().url);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const rest = [...allowances];
  const open = new Set<Deno.TcpConn>();
  const work: Promise<void>[] = [];
  let cuts = 0;
  let to_refuse = 0;
  let back = Promise.withResolvers<void>();

  async function relay(client: Deno.TcpConn): Promise<void> {
    const host = await Deno.connect({ hostname: gateway.hostname, port: Number(gateway.port) });
    for (const end of [client, host]) open.add(end);
    const up = copy(client, host, Infinity);
    try {
      if (await copy(host, client, rest.shift() ?? Infinity) === "cut") cuts++;
    } finally {
      for (const end of [client, host]) close(end);
    }
    await up;
  }

  function close(end: Deno.TcpConn): void {
    if (open.delete(end)) end.close();
  }

  const accepting = (async () => {
    try {
      for await (const client of listener) {
        if (to_refuse === 0) {
          work.push(relay(client));
          continue;
        }
        client.close();
        to_refuse--;
        if (to_refuse === 0) back.resolve();
      }
    } catch {
      // The listener was closed.
    }
  })();

  function cutAll(): void {
    cuts += open.size / 2;
    for (const end of [...open]) close(end);
  }

  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    get cuts() {
      return cuts;
    },
    cutAll,
    async goAway(refusals) {
      to_refuse = refusals;
      back = Promise.withResolvers();
      cutAll();
      await back.promise;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const end of [...open]) close(end);
      await Promise.all([accepting, ...work]);
    },
  };
}

/** Passes bytes on until the source ends or the allowance is used up. */
async function copy(from: Deno.TcpConn, to: Deno.TcpConn, allowance: number): Promise<"cut" | "ended"> {
  const buffer = new Uint8Array(16 * 1024);
  let left = allowance;
  try {
    for (;;) {
      const read = await from.read(buffer);
      if (read === null) return "ended";
      const bytes = buffer.subarray(0, Math.min(read, left));
      for (let at = 0; at < bytes.length;) at += await to.write(bytes.subarray(at));
      left -= bytes.length;
      if (left === 0) return "cut";
    }
  } catch {
    // One of the two was closed, which is what this proxy is for.
    return "ended";
  }
}
