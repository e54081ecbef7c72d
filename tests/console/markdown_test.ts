import assert from "node:assert/strict";
import { Lexer } from "marked";
import { MAX_DEPTH } from "../../console/parts/bounded_lexer.ts";
import { type Block, createMarkdownReader, type Inline, readMarkdown } from "../../console/parts/markdown.ts";
import { goldenEvents } from "./golden_events.ts";

const text = (text: string): Inline => ({ type: "text", text });
const inside = (source: string): Inline[] => {
  const [block] = readMarkdown(source);
  assert.ok(block?.type === "paragraph", source);
  return block.inside;
};

Deno.test("headings, lists, code, tables and emphasis are what they say", () => {
  const source =
    "## Plan\n\n1. **one**\n2. two\n\n- [x] done\n- [ ] open\n\n```ts\na < b\n```\n\n> said\n\n" +
    "| a | b |\n|---|---|\n| 1 | `2` |\n\n---\n\nlast *word*\nnext line";
  const blocks = readMarkdown(source);
  assert.deepEqual(blocks.map((block) => block.type), [
    ...["heading", "list", "list", "code", "quote", "table", "rule", "paragraph"],
  ]);
  assert.deepEqual(blocks[0], { type: "heading", depth: 2, inside: [text("Plan")] });
  assert.deepEqual(blocks[3], { type: "code", language: "ts", text: "a < b" });
  const [ordered, tasks] = [blocks[1], blocks[2]];
  assert.ok(ordered?.type === "list" && tasks?.type === "list");
  assert.equal(ordered.start, 1);
  assert.deepEqual(tasks.items.map((item) => item.done), [true, false]);
  assert.deepEqual(blocks.at(-1), {
    type: "paragraph",
    inside: [text("last "), { type: "em", inside: [text("word")] }, { type: "break" }, text("next line")],
  });
});

Deno.test("a link leads to the web or to a mailbox, and shows its host; any other is text", () => {
  assert.deepEqual(inside("[the site](https://example.com/a?b)"), [
    { type: "link", href: "https://example.com/a?b", host: "example.com", inside: [text("the site")] },
  ]);
  for (
    const href of [
      "javascript:alert(1)",
      "data:text/html,x",
      "//example.com/x",
      "/etc",
      "vbscript:x",
      "file:///x",
    ]
  ) {
    const shown = inside(`[here](${href})`);
    assert.deepEqual(shown, [text("here"), text(` (${href})`)], href);
  }
  assert.equal(inside("me@example.com")[0]?.type, "link");
});

Deno.test("a picture is named and not loaded, and HTML is the text that it is", () => {
  assert.deepEqual(inside("![x](https://evil.example/p.png)"), [text("[image not loaded: evil.example]")]);
  assert.deepEqual(inside("![x](p.png)"), [text("[image not loaded: no address]")]);
  const html = `<img src=x onerror="alert(1)"><script>alert(1)</script>`;
  assert.equal(words(readMarkdown(html)), html);
  assert.equal(words(readMarkdown(`a ${html} b`)), `a ${html} b`);
  assert.deepEqual(inside("a &lt;b&gt; &amp; &#39;c&#39; &bogus;"), [text("a <b> & 'c' &bogus;")]);
});

Deno.test("a text that grows is at each length what it is when it is read whole", () => {
  const source =
    "# A\n\nwords *and* more\n\n- one\n- two\n\n  deeper\n\n```\ncode\n\nmore\n```\n\n1. a\n\n2. b\n\nend\n===\n\n> q\nlazy\n\n| a |\n|---|\n| b |\n";
  const reader = createMarkdownReader();
  for (let end = 0; end <= source.length; end++) {
    assert.deepEqual(reader.read(source.slice(0, end)), readMarkdown(source.slice(0, end)), `at ${end}`);
  }
  assert.deepEqual(reader.read("another"), readMarkdown("another"));
});

Deno.test("no text of any recorded run is lost or refused", () => {
  for (const [name, events] of goldenEvents()) {
    const said = events.flatMap((event) => event.type === "text" ? [event.delta] : []).join("");
    const letters = (shown: string) => shown.replaceAll(/[^\p{L}]/gu, "");
    assert.equal(letters(words(readMarkdown(said))), letters(said), name);
  }
});

/** Shaped so that a reader without bounds needs the square of their length, or more calls within calls than there are. */
const SHAPES: Record<string, (length: number) => string> = {
  "quotes in quotes": (length) => `${">".repeat(length)} x`,
  "lists in lists": (length) => `${"- ".repeat(length / 2)}x`,
  "numbered lists in lists": (length) => `${"1. ".repeat(length / 3)}x`,
  "lists by depth of their lines": (length) =>
    Array.from({ length: Math.sqrt(length) }, (_, depth) => `${"  ".repeat(depth)}- x`).join("\n"),
  "emphasis that never ends": (length) => "*x ".repeat(length / 3),
  "links that never end": (length) => "[x".repeat(length / 2),
  "code that never ends": (length) => "x ` ``".repeat(length / 6),
  "tags that never end": (length) => "<x ".repeat(length / 3),
  "blanks": (length) => `x${" ".repeat(length)}x`,
  "short items": (length) => "- x\n".repeat(length / 4),
  "short cells": (length) => `|x|\n|-|\n${"|x|\n".repeat(length / 4)}`,
  "one line": (length) => "x".repeat(length),
};

/** What marked's lexer is given to read, in characters: blocks, and words of which each mark may look through all. */
function readBy(work: () => void): number {
  const { blockTokens, inlineTokens } = Lexer.prototype;
  let read = 0;
  const counted = <Method extends typeof blockTokens | typeof inlineTokens>(
    method: Method,
    cost: (source: string) => number,
  ) =>
    new Proxy(method, {
      apply(method, lexer, given) {
        read += cost(String(given[0]));
        return Reflect.apply(method, lexer, given);
      },
    });
  Lexer.prototype.blockTokens = counted(blockTokens, (source) => source.length);
  Lexer.prototype.inlineTokens = counted(
    inlineTokens,
    (source) => source.length * (1 + (source.match(/[*_~[`<]/g)?.length ?? 0) / 100),
  );
  try {
    work();
  } finally {
    Object.assign(Lexer.prototype, { blockTokens, inlineTokens });
  }
  return read;
}

Deno.test("no shape of a text makes it cost more than some times its length, and nothing of it is lost", () => {
  for (const [name, shape] of Object.entries(SHAPES)) {
    for (const length of [300, 3_000, 30_000, 120_000]) {
      const source = shape(length);
      let shown: Block[] = [];
      const read = readBy(() => shown = readMarkdown(source));
      assert.ok(read <= 4 * MAX_DEPTH * source.length, `${name} of ${length}: ${read}`);
      const letters = (text: string) => text.replaceAll(/[^x]/g, "").length;
      assert.equal(letters(words(shown)), letters(source), `${name} of ${length}`);
    }
  }
});

Deno.test("a text that grows is not read as often as it is looked at, whatever its shape", () => {
  const { lex } = Lexer.prototype;
  for (const name of ["quotes in quotes", "short items", "emphasis that never ends", "one line"]) {
    const source = SHAPES[name]?.(20_000) ?? "";
    const reader = createMarkdownReader();
    let read = 0;
    Lexer.prototype.lex = function (this: Lexer, source) {
      read += source.length;
      return lex.call(this, source);
    };
    try {
      for (let look = 1; look <= 100; look++) reader.read(source.slice(0, source.length * look / 100));
    } finally {
      Lexer.prototype.lex = lex;
    }
    assert.ok(read <= 20 * source.length, `${name}: ${read / source.length} times`);
  }
});

Deno.test("what is added to a long block is shown at once, and is Markdown a little later", () => {
  const reader = createMarkdownReader();
  const block = "- *x* and more\n".repeat(1_000);
  reader.read(block);
  const shown = reader.read(`${block}- *new*`);
  assert.deepEqual(shown.at(-1), { type: "paragraph", inside: [text("- *new*")] });
  const later = `${block}- *new*\n${block}`;
  assert.deepEqual(reader.read(later), readMarkdown(later));
});

function words(blocks: readonly Block[]): string {
  return blocks.map((block) => {
    switch (block.type) {
      case "code":
        return block.text;
      case "quote":
        return words(block.blocks);
      case "list":
        return block.items.map((item) => words(item.blocks)).join("");
      case "table":
        return [block.head, ...block.rows].flat().map(said).join("");
      case "rule":
        return "";
      default:
        return said(block.inside);
    }
  }).join("");
}

function said(inlines: readonly Inline[]): string {
  return inlines.map((one) => one.type === "break" ? "\n" : "text" in one ? one.text : said(one.inside)).join(
    "",
  );
}
