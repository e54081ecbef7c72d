// TCP ports on loopback.

/** A port that nobody listens on right now. Another process may take it before the caller does. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
