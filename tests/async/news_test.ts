import assert from "node:assert/strict";
import { createNews } from "../../shared/async/news.ts";

Deno.test("who listens is told of what happens from then on under the name, and of nothing else", () => {
  const news = createNews();
  news.tell("a");
  const [one, other] = [news.listen("a"), news.listen("b")];
  const [first, elsewhere] = [one.next(), other.next()];
  assert.deepEqual([first.aborted, elsewhere.aborted], [false, false]);
  news.tell("a");
  assert.deepEqual([first.aborted, elsewhere.aborted], [true, false]);
  const second = one.next();
  assert.equal(second.aborted, false);
  news.tell("a");
  assert.equal(second.aborted, true);
});

Deno.test("who has gone is told of nothing, and those who stay are", () => {
  const news = createNews();
  const [gone, stays] = [news.listen("a"), news.listen("a")];
  const [late, heard] = [gone.next(), stays.next()];
  gone.end();
  news.tell("a");
  assert.deepEqual([late.aborted, heard.aborted], [false, true]);
});
