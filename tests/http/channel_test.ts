import assert from "node:assert/strict";
import { createChannel } from "../../shared/http/channel.ts";

async function all<T>(channel: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of channel) items.push(item);
  return items;
}

Deno.test("a reader gets everything in order, whether it came before or after the reader", async () => {
  const channel = createChannel<number>();
  channel.push(1);
  channel.push(2);
  const reading = all(channel);
  await Promise.resolve();
  channel.push(3);
  channel.push(4);
  channel.close();
  assert.deepEqual(await reading, [1, 2, 3, 4]);
});

Deno.test("what is pushed after the close is dropped", async () => {
  const channel = createChannel<number>();
  channel.push(1);
  channel.close();
  channel.push(2);
  assert.deepEqual(await all(channel), [1]);
});

Deno.test("when the reader leaves, the producer goes on and nothing piles up", async () => {
  const channel = createChannel<number>();
  channel.push(1);
  for await (const item of channel) {
    assert.equal(item, 1);
    break;
  }
  channel.push(2);
  channel.close();
  assert.deepEqual(await all(channel), []);
});
