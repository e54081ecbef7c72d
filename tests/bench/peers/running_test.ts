import assert from "node:assert/strict";
import { plainConversations } from "../../../bench/peers/conversations.ts";
import { answered, type Running } from "../../../bench/peers/running.ts";
import { PEERS } from "../../../bench/peers/systems.ts";

const [BARE] = PEERS;

async function withAnswer(body: string, status: number, work: (running: Running) => Promise<void>) {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    () => new Response(body, { status, headers: { "content-type": "text/event-stream" } }),
  );
  assert.ok(BARE);
  const conversations = await plainConversations(
    `http://127.0.0.1:${server.addr.port}`,
    "",
    (data) => data,
  );
  const unused = { database: "", start_ms: 0, idle_mb: 0, pids: () => [], partOf: () => "" };
  await work({
    ...{ system: BARE, conversations, ...unused },
    requests: () => Promise.resolve(null),
    stop: () => Promise.resolve(),
  });
  await server.shutdown();
}

Deno.test("an answer counts only when it is the model's to the letter, and a failure names the system and the message", async () => {
  await withAnswer("data: All \n\ndata: is well.\n\n", 200, async (running) => {
    const turn = await answered(running, "How is it?", "All is well.");
    assert.ok(turn.first_text_ms <= turn.wall_ms);
    await assert.rejects(
      answered(running, "How is it?", "All is bad."),
      /^Error: bare fetch failed at "How is it\?": it answered 12 characters that are not the 11 of the model$/,
    );
  });
});

Deno.test("a status that is no success fails the run", async () => {
  await withAnswer("It broke.", 500, async (running) => {
    await assert.rejects(
      answered(running, "Hello", ""),
      /bare fetch failed at "Hello": .*status 500: It broke\./,
    );
  });
});
