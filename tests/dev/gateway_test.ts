import assert from "node:assert/strict";
import { PortTakenError, startGateway } from "../../dev/gateway.ts";
import { whoListensAt } from "../../dev/project/running_stack.ts";
import { testStack } from "../support/stack/stack.ts";

const ignore = () => {};

/** A gateway whose function `echo` is the given handler. */
function gatewayTo(handler: (request: Request) => Response | Promise<Response>) {
  const upstream = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
  const gateway = startGateway(0, {
    functions: { echo: `http://127.0.0.1:${upstream.addr.port}` },
    problems: { broken: "It has a typing error." },
  }, ignore);
  return {
    url: `${gateway.url}/functions/v1/echo`,
    root: gateway.url,
    async [Symbol.asyncDispose]() {
      await gateway.stop();
      await upstream.shutdown();
    },
  };
}

for (const encoding of ["identity", "gzip, br"]) {
  Deno.test(`a streamed answer passes chunk by chunk, for a client that accepts ${encoding}`, async () => {
    const sent = new TransformStream<string, string>();
    const writer = sent.writable.getWriter();
    await using gateway = gatewayTo(() =>
      new Response(sent.readable.pipeThrough(new TextEncoderStream()), {
        headers: { "content-type": "text/event-stream" },
      })
    );
    const answering = fetch(gateway.url, { headers: { "accept-encoding": encoding } });
    await writer.write("data: 1\n\n");
    const answer = await answering;
    const chunks = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    // Each chunk arrives before the next one is written, or this would wait forever.
    for (const chunk of ["data: 1\n\n", "data: 2\n\n", "data: 3\n\n"]) {
      if (chunk !== "data: 1\n\n") await writer.write(chunk);
      assert.equal((await chunks.read()).value, chunk);
    }
    await writer.close();
    assert.equal((await chunks.read()).done, true);
  });
}

Deno.test("a streamed request passes chunk by chunk", async () => {
  const first = Promise.withResolvers<string>();
  await using gateway = gatewayTo(async (request) => {
    let text = "";
    for await (const chunk of request.body!.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      first.resolve(text);
    }
    return new Response(text);
  });
  const body = new TransformStream<string, string>();
  const writer = body.writable.getWriter();
  const answering = fetch(gateway.url, {
    method: "POST",
    body: body.readable.pipeThrough(new TextEncoderStream()),
  });
  await writer.write("one ");
  assert.equal(await first.promise, "one ");
  await writer.write("two");
  await writer.close();
  assert.equal(await (await answering).text(), "one two");
});

Deno.test("what is called while it boots waits until it has booted", async () => {
  const upstream = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response("booted"),
  );
  const booting = Promise.withResolvers<string>();
  const gateway = startGateway(0, { functions: { slow: booting.promise }, problems: {} }, ignore);
  const answering = fetch(`${gateway.url}/functions/v1/slow`);
  booting.resolve(`http://127.0.0.1:${upstream.addr.port}`);
  assert.equal(await (await answering).text(), "booted");
  await gateway.stop();
  await upstream.shutdown();
});

Deno.test("a client that goes away in the middle of a stream ends the upstream request", async () => {
  const cancelled = Promise.withResolvers<void>();
  await using gateway = gatewayTo(() =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("first")),
        cancel: () => cancelled.resolve(),
      }),
    )
  );
  const client = new AbortController();
  const answer = await fetch(gateway.url, { signal: client.signal });
  await answer.body!.getReader().read();
  client.abort();
  await cancelled.promise;
});

Deno.test("a client that goes away before the answer ends the upstream request", async () => {
  const arrived = Promise.withResolvers<void>();
  const aborted = Promise.withResolvers<void>();
  await using gateway = gatewayTo(async (request) => {
    request.signal.addEventListener("abort", () => aborted.resolve());
    arrived.resolve();
    await aborted.promise;
    return new Response();
  });
  const client = new AbortController();
  const answering = fetch(gateway.url, { signal: client.signal });
  await arrived.promise;
  client.abort();
  await assert.rejects(answering);
  await aborted.promise;
});

Deno.test("the function sees its own path, the query, the method, the headers and the body", async () => {
  await using gateway = gatewayTo(async (request) => {
    const url = new URL(request.url);
    return Response.json({
      path: url.pathname + url.search,
      method: request.method,
      header: request.headers.get("last-event-id"),
      body: await request.text(),
    }, { status: 418, headers: { "x-run-id": "7" } });
  });
  const answer = await fetch(`${gateway.url}/runs/1?after=2`, {
    method: "POST",
    headers: { "last-event-id": "5" },
    body: "hello",
  });
  assert.equal(answer.status, 418);
  assert.equal(answer.headers.get("x-run-id"), "7");
  assert.deepEqual(await answer.json(), {
    path: "/echo/runs/1?after=2",
    method: "POST",
    header: "5",
    body: "hello",
  });
});

Deno.test("what does not run is answered with a plain sentence", async () => {
  const gone = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const dead = `http://127.0.0.1:${gone.addr.port}`;
  gone.close();
  const gateway = startGateway(
    0,
    { functions: { dead }, problems: { broken: "It has a typing error." } },
    ignore,
  );
  const cases = [
    ["/functions/v1/dead", 502, /does not answer/],
    ["/functions/v1/broken", 503, /did not start: It has a typing error/],
    ["/functions/v1/unknown", 404, /no function "unknown"/],
    ["/rest/v1/chat_sessions", 503, /not running yet/],
    ["/realtime/v1/websocket", 501, /Realtime is not part of this local stack/],
    ["/storage/v1/object/list/files", 501, /Storage is not part of this local stack/],
    ["/graphql/v1", 501, /GraphQL is not part of this local stack/],
    ["/elsewhere", 404, /Known paths/],
  ] as const;
  for (const [path, status, message] of cases) {
    const answer = await fetch(gateway.url + path);
    assert.equal(answer.status, status, path);
    assert.match((await answer.json()).message, message);
  }
  await gateway.stop();
});

Deno.test("a port that is taken is named, together with the flag that moves it", () => {
  const other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = other.addr;
  try {
    assert.throws(() => startGateway(port, { functions: {}, problems: {} }, ignore), (error) => {
      assert.ok(error instanceof PortTakenError);
      assert.match(error.message, new RegExp(`Port ${port} is taken`));
      assert.match(error.message, /--port \d+/);
      return true;
    });
  } finally {
    other.close();
  }
});

Deno.test("a browser may call auth, REST and what is not there from another origin, also when they refuse", async () => {
  const { url } = testStack();
  const paths = [
    ["/auth/v1/token?grant_type=password", 401],
    ["/rest/v1/chat_sessions", 401],
    ["/storage/v1/object/files/a", 501],
  ] as const;
  for (const [path, status] of paths) {
    const asked = "apikey,authorization,content-type,x-client-info";
    const before = await fetch(url + path, {
      method: "OPTIONS",
      headers: {
        origin: "http://localhost:3000",
        "access-control-request-method": "POST",
        "access-control-request-headers": asked,
      },
    });
    assert.equal(before.status, 204);
    assert.equal(before.headers.get("access-control-allow-origin"), "*");
    assert.equal(before.headers.get("access-control-allow-headers"), asked);
    assert.match(before.headers.get("access-control-allow-methods") ?? "", /POST/);
    const refused = await fetch(url + path, { method: "POST", headers: { origin: "http://localhost:3000" } });
    assert.equal(refused.status, status);
    assert.equal(refused.headers.get("access-control-allow-origin"), "*");
    await refused.body?.cancel();
  }
});

Deno.test("whose stack it is is told to this machine's commands, and to no page of another origin", async () => {
  const gateway = startGateway(0, { root: "/somewhere", functions: {}, problems: {} }, ignore);
  const answer = await fetch(`${gateway.url}/stack`, { headers: { origin: "https://page.example" } });
  assert.deepEqual(await answer.json(), { root: "/somewhere" });
  assert.equal(answer.headers.get("access-control-allow-origin"), null);
  assert.deepEqual(await whoListensAt(gateway.url), { root: "/somewhere" });
  await gateway.stop();
  assert.equal(await whoListensAt(gateway.url), "nobody");
});
