// What the page weighs, and that it needs nothing but its three files.
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { buildConsole } from "../support/browser/test_console.ts";

const JS_BYTES = 120_000;
const CSS_BYTES = 8_192;

Deno.test("the console is a page, a script and styles, within their budget, and names what it may talk to", async () => {
  const files = await buildConsole({ url: "https://project.example", publishable_key: "sb_publishable_x" });
  assert.deepEqual([...files.keys()].sort(), ["console.css", "console.js", "index.html"]);
  const weight = (name: string) => gzipSync(files.get(name) ?? new Uint8Array(), { level: 9 }).length;
  const weights = { js: weight("console.js"), css: weight("console.css") };
  assert.ok(weights.js <= JS_BYTES && weights.css <= CSS_BYTES, JSON.stringify(weights));
  const page = new TextDecoder().decode(files.get("index.html"));
  assert.match(page, /connect-src https:\/\/project\.example;/);
  assert.doesNotMatch(page, /(src|href)="\/|<script>|<style|https?:\/\/(?!project\.example)/);
});
