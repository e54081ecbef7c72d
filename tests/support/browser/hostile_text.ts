// Text that would like to be more than text, and what must not have become of it in a page.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { z } from "zod";

export const HOSTILE = [
  `<script>alert("script")</script> <img src="http://evil.test/i.png" onerror="alert('image')">`,
  `![pixel](http://evil.test/p.png?secret=1) ![svg](data:image/svg+xml,<svg onload=alert(1)>)`,
  `[go](javascript:alert(1)) [go](JaVaScRiPt:alert(1)) [go](data:text/html,<script>alert(1)</script>)`,
  `<iframe src="http://evil.test"></iframe> <style>@import url("http://evil.test/s.css");</style>`,
  `<svg onload="alert('svg')"> <a href="vbscript:alert(1)" onclick="alert(1)">go</a> [ref]`,
  ``,
  `[ref]: http://evil.test/ref "<b onmouseover=alert(1)>"`,
].join("\n");

const Links = z.array(
  z.object({ href: z.string().nullable(), rel: z.string(), events: z.array(z.string()) }),
);

/** Throws where some of it is an element, or leads anywhere but to the web. */
export async function assertHarmless(page: Page): Promise<void> {
  const log = page.getByRole("log");
  assert.equal(
    await log.locator("img, script, iframe, style, svg, object, embed, form, base, meta").count(),
    0,
  );
  const links = Links.parse(
    await page.evaluate(`[...document.querySelectorAll("[role=log] a")].map((link) => ({
    href: link.getAttribute("href"),
    rel: link.rel,
    events: link.getAttributeNames().filter((name) => name.startsWith("on")),
  }))`),
  );
  for (const { href, rel, events } of links) {
    assert.match(href ?? "", /^(https?:\/\/.*)?$/);
    assert.equal(rel, "noopener noreferrer");
    assert.deepEqual(events, []);
  }
}
