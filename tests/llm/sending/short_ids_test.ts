// Ids for hosts that take nine letters and digits: the same for the same, and never one for two.
import assert from "node:assert/strict";
import fc from "fast-check";
import { shortIds } from "../../../shared/llm/sending/short_ids.ts";

const NINE = /^[A-Za-z0-9]{9}$/;

Deno.test("every id gets nine letters and digits, the same each time, and no two get the same", () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.string(), fc.stringMatching(NINE))), (ids) => {
      const short = shortIds(ids);
      assert.deepEqual(short, shortIds(ids));
      assert.equal(new Set(short.values()).size, new Set(ids).size);
      for (const [id, found] of short) {
        assert.match(found, NINE);
        if (NINE.test(id)) assert.equal(found, id);
      }
    }),
  );
});

Deno.test("an id stays what it is when the conversation grows", () => {
  const ids = Array.from({ length: 500 }, (_, n) => `call_${n}`);
  const early = shortIds(ids.slice(0, 20));
  const late = shortIds(ids);
  for (const [id, found] of early) assert.equal(late.get(id), found);
});

Deno.test("ids that would collide stay apart, also from ids that are short already", () => {
  const clumsy = (text: string) => `same${(text.split(" ")[1] ?? "0").padStart(5, "0")}`;
  const ids = ["same00001", "a", "b", "c", "same00003"];
  const short = shortIds(ids, clumsy);
  assert.deepEqual([...short.values()], ["same00001", "same00000", "same00002", "same00004", "same00003"]);
});

Deno.test("ids that differ in one letter differ", () => {
  const ids = Array.from({ length: 5_000 }, (_, n) => `toolu_01${n.toString(36)}`);
  assert.equal(new Set(shortIds(ids).values()).size, ids.length);
});
