import assert from "node:assert/strict";
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

Deno.test("what would break a reader is shown as it is", () => {
  const deep = ">".repeat(20_000) + " x";
  assert.ok(words(readMarkdown(deep)).includes("x"));
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
