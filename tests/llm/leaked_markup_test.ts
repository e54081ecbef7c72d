// Leaked tool-call markup is caught however it is cut, and ordinary text is not held up.
import assert from "node:assert/strict";
import fc from "fast-check";
import { createMarkupFilter, hasLeakedMarkup } from "../../shared/llm/leaked_markup.ts";

function shown(deltas: string[]): { text: string; leaked: boolean } {
  const filter = createMarkupFilter();
  const text = deltas.map((delta) => filter.push(delta)).join("") + filter.flush();
  return { text, leaked: filter.leaked };
}

Deno.test("however a text is cut, the same of it is shown", () => {
  const Part = fc.constantFrom(
    "<",
    "<",
    "/",
    " ",
    "｜",
    "|",
    "‖",
    "DSML",
    "DS",
    "tool_",
    "call>",
    "{",
    "a",
    "\n",
    "<tool_call>",
  );
  fc.assert(
    fc.property(fc.array(Part, { maxLength: 30 }), fc.array(fc.nat(100)), (parts, cuts) => {
      const text = parts.join("");
      const places = [0, ...cuts.map((cut) => cut % (text.length + 1)), text.length].toSorted((a, b) =>
        a - b
      );
      const deltas = places.slice(1).map((end, at) => text.slice(places[at], end));
      assert.deepEqual(shown(deltas), shown([text]));
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("ordinary text is passed on at once, up to the first angle bracket", () => {
  const filter = createMarkupFilter();
  assert.equal(filter.push("one two"), "one two");
  assert.equal(filter.push(" a <"), " a ");
  assert.equal(filter.push("b"), "<b");
});

Deno.test("a bracket is held back no longer than the markup could be", () => {
  const filter = createMarkupFilter();
  assert.equal(filter.push("<tool_call>" + " ".repeat(52)), "");
  assert.equal(filter.push(" "), "<tool_call>" + " ".repeat(53));
  assert.equal(filter.leaked, false);
});

Deno.test("after markup nothing is shown any more", () => {
  assert.deepEqual(shown(["ok <|DSML|invoke> bye", " and more"]), { text: "ok ", leaked: true });
});

Deno.test("tags count only with a call behind them", () => {
  assert.ok(hasLeakedMarkup('<tool_call>\n{"name":'));
  assert.ok(hasLeakedMarkup("<tool_calls><function=get>"));
  assert.ok(hasLeakedMarkup("<function_calls>\n<invoke name="));
  assert.ok(!hasLeakedMarkup("write <tool_call> around it"));
  assert.ok(!hasLeakedMarkup("List.map f <| toolbox"));
});
