// However an honest host cuts the calls of a turn, mixes their pieces, and repeats or leaves out ids, indexes and
// names, the same calls come out.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Json } from "../../../shared/contracts/text.ts";
import { createJsonBounds, splitJson } from "../../../shared/llm/calls/json_bounds.ts";
import type { ToolCallDelta } from "../../../shared/llm/wire/wire_chunk.ts";
import { collectPieces, OFFERED, piece } from "./call_support.ts";

const Style = fc.record({
  index: fc.constantFrom("from 0", "from 1", "with gaps", "always 0", "none"),
  id: fc.constantFrom("first piece", "every piece", "last piece", "new in every piece", "none"),
  name: fc.constantFrom(
    "first piece",
    "every piece",
    "then empty",
    "in two",
    "growing",
    "behind the arguments' beginning",
  ),
  args: fc.constantFrom(
    "in pieces",
    "all so far",
    "an object",
    "encoded twice",
    "behind {}",
    "whole again at the end",
  ),
  order: fc.constantFrom("one after the other", "mixed"),
  again: fc.constantFrom("no", "all once more at the end"),
});
type Style = typeof Style extends fc.Arbitrary<infer T> ? T : never;

/** Whether a host of this style says enough for its calls to be told apart. */
function isHonest({ index, id, name, args, order, again }: Style): boolean {
  const indexed = index.startsWith("from") || index === "with gaps";
  const renamed = ["in two", "growing"].includes(name);
  const nameless_first = name.startsWith("behind");
  if (
    order === "mixed" && !indexed && (index !== "none" || id !== "every piece" || renamed || nameless_first)
  ) {
    return false;
  }
  const has_id_first = ["first piece", "every piece"].includes(id);
  if (nameless_first && (index === "always 0" || (!has_id_first && (!indexed || order === "mixed")))) {
    return false;
  }
  if (id === "new in every piece" && !indexed && name === "every piece") return false;
  if (args === "behind {}" && name === "every piece" && id !== "every piece") return false;
  return again === "no" || id !== "new in every piece";
}

/** As JSON text gives them: without -0, and without `__proto__`, which is read as no key of an object inside. */
const JsonValues = fc.dictionary(
  fc.string({ maxLength: 6 }).filter((key) => key !== "__proto__"),
  fc.json({ maxDepth: 2 }).filter((text) => !text.includes("__proto__")).map((text): Json =>
    JSON.parse(text)
  ),
  { maxKeys: 3 },
);

const Call = fc.record({
  tool: fc.constantFrom(...OFFERED),
  value: JsonValues,
  cuts: fc.array(fc.nat(200), { maxLength: 6 }),
});
type Call = typeof Call extends fc.Arbitrary<infer T> ? T : never;

function cut(text: string, cuts: readonly number[]): string[] {
  const places = [...new Set(cuts.map((place) => place % text.length))].filter((place) => place > 0);
  const sorted = places.toSorted((a, b) => a - b);
  return [...sorted, text.length].map((end, at) => text.slice(sorted[at - 1] ?? 0, end));
}

function argumentPieces(value: Json, cuts: readonly number[], style: Style["args"]): Json[] {
  const text = JSON.stringify(value);
  const parts = cut(text, cuts);
  switch (style) {
    case "in pieces":
      return parts;
    case "all so far":
      return parts.map((_, at) => parts.slice(0, at + 1).join(""));
    case "an object":
      return [value];
    case "encoded twice":
      return cut(JSON.stringify(text), cuts);
    case "behind {}":
      return ["{}", ...parts];
    case "whole again at the end":
      return [...parts, text];
  }
}

function namePieces(tool: string, style: Style["name"], count: number): (string | null)[] {
  const rest = (name: string | null) => Array.from({ length: count - 1 }, () => name);
  const half = tool.slice(0, 4);
  if (style === "every piece") return [tool, ...rest(tool)];
  if (style === "then empty") return [tool, ...rest("")];
  if (style === "in two") return [half, tool.slice(4), ...rest(null)];
  if (style === "growing") return [half, tool, ...rest(null)];
  return style === "first piece" ? [tool, ...rest(null)] : [null, tool, ...rest(null)];
}

interface Sent {
  pieces: ToolCallDelta[];
  again: ToolCallDelta;
  id: string | null;
}

/** The pieces in which a host of this style sends one call. */
function send({ tool, value, cuts }: Call, at: number, style: Style): Sent {
  const index =
    { "from 0": at, "from 1": at + 1, "with gaps": 3 * at, "always 0": 0, none: null }[style.index];
  const renamed = ["in two", "growing"].includes(style.name);
  const parts = [
    ...(renamed ? ["", ""] : style.name.startsWith("behind") ? [] : [""]),
    ...argumentPieces(value, cuts, style.args),
  ];
  // There is a piece for the name behind the arguments' beginning.
  if (parts.length === 1) parts.push("");
  const names = namePieces(tool, style.name, parts.length);
  const id = style.id === "none" ? null : `call_${at}`;
  const ids = parts.map((_, place) => {
    if (style.id === "every piece") return id;
    if (style.id === "new in every piece") return place === 0 ? id : `call_${at}_${place}`;
    return place === (style.id === "last piece" ? parts.length - 1 : 0) ? id : null;
  });
  return {
    id,
    pieces: parts.map((part, place) => piece(index, ids[place] ?? null, names[place] ?? null, part)),
    again: piece(index, id, tool, JSON.stringify(value)),
  };
}

/** The pieces of all calls in one row, with those of each in their order. */
function inOneRow(sent: readonly Sent[], style: Style, turns: readonly number[]): ToolCallDelta[] {
  const rest = sent.map(({ pieces }) => [...pieces]);
  const row = rest.flatMap((pieces) => style.order === "mixed" ? pieces.splice(0, 1) : []);
  for (const turn of style.order === "mixed" ? turns : []) {
    row.push(...rest[turn % rest.length]?.splice(0, 1) ?? []);
  }
  return [...row, ...rest.flat(), ...(style.again === "no" ? [] : sent.map(({ again }) => again))];
}

Deno.test("the same calls come out of every honest host's pieces", () => {
  const Turn = fc.record({
    style: Style.filter(isHonest),
    calls: fc.array(Call, { minLength: 1, maxLength: 4 }),
    turns: fc.array(fc.nat(9), { maxLength: 40 }),
  });
  fc.assert(
    fc.property(Turn, ({ style, calls, turns }) => {
      // Equal calls without ids and indexes are one call sent twice, so each has something of its own.
      const own = calls.map((call, at) => ({ ...call, value: { ...call.value, at } }));
      const sent = own.map((call, at) => send(call, at, style));
      const collected = collectPieces(inOneRow(sent, style, turns));
      assert.deepEqual(
        collected.calls,
        own.map(({ tool, value }) => [tool, JSON.parse(JSON.stringify(value))]),
      );
      if (style.id !== "none") assert.deepEqual(collected.ids, sent.map(({ id }) => id));
      const named = [...collected.named, ...collected.at_end];
      assert.deepEqual(named.toSorted(), own.map(({ tool }) => tool).toSorted());
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("pieces of any kind in any order end in calls with ids of their own, or in none", () => {
  const Any = fc.record({
    index: fc.option(fc.integer({ min: -1, max: 3 })),
    id: fc.option(fc.constantFrom("", "a", "b", "c", "null")),
    name: fc.option(
      fc.constantFrom("", "get_", "tasks", "get_tasks", "get_notes", "<|channel|>", "s", "functions."),
    ),
    args: fc.oneof(
      fc.constantFrom("", "{", "}", "{}", '{"n":1}', '"', "\\", " ", "null"),
      fc.jsonValue({ maxDepth: 1 }),
    ),
  });
  fc.assert(
    fc.property(fc.array(Any, { maxLength: 30 }), (pieces) => {
      const { calls, named, at_end } = collectPieces(
        pieces.map(({ index, id, name, args }) => piece(index, id, name, JSON.parse(JSON.stringify(args)))),
      );
      if (Array.isArray(calls)) assert.ok(named.length + at_end.length >= calls.length);
    }),
    { numRuns: 1_000 },
  );
});

Deno.test("where JSON ends is the same however it is cut, and nowhere before its end", () => {
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue({ maxDepth: 3 }), { maxLength: 4 }),
      fc.array(fc.nat(300)),
      (values, cuts) => {
        const texts = values.map((value) => JSON.stringify([value, '\\"}{][']));
        const text = texts.join("");
        assert.deepEqual(splitJson(text), texts);
        if (text === "") return;
        const bounds = createJsonBounds();
        let length = 0;
        for (const part of cut(text, cuts)) {
          bounds.push(part);
          length += part.length;
          assert.equal(bounds.whole, bounds.ends.at(-1) === length);
        }
        assert.deepEqual(bounds.ends, texts.map((_, at) => texts.slice(0, at + 1).join("").length));
      },
    ),
  );
});
