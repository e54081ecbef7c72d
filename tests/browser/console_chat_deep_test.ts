import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { cuttingProxy } from "../support/browser/cutting_proxy.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { openPage } from "../support/browser/open_page.ts";
import { say, serveTestConsole, signIn } from "../support/browser/test_console.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser, testStack } from "../support/stack/stack.ts";

const CUT = /ERR_(INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE|ABORTED|FAILED)/;
const LONG = Array.from({ length: 40 }, (_, line) => `- line ${line} of a *long* answer`).join("\n");

/** What the page shows of its turns, without what the clock says. */
async function shown(page: Page): Promise<string> {
  const text: string = await page.evaluate("document.querySelector('.turns-inner').innerText");
  return text.replaceAll(/\d\d:\d\d|[\d.]+ (ms|s|min)\b/g, "").replaceAll(/\s+/g, " ").trim();
}

inBrowser("an answer appears while it is written, and is the stored message at the end", async (browser) => {
  const user = await newUser();
  await using _script = await scriptModel(user.id, [{ text: LONG, tokens_per_second: 150 }]);
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin);
  const { page } = opened;
  await signIn(page, user);
  await page.evaluate(`
    globalThis.lengths = new Set();
    new MutationObserver(() => lengths.add(document.querySelector(".markdown")?.textContent.length ?? 0))
      .observe(document.body, { subtree: true, childList: true, characterData: true });
  `);
  await say(page, "Say something long");
  await page.waitForSelector(".turn-facts");
  const paints = Number(await page.evaluate("lengths.size"));
  assert.ok(paints >= 3, `${paints} paints`);
  const { data } = await user.client.from("chat_messages").select("content").eq("role", "assistant").single();
  assert.equal(data?.content, LONG);
  assert.equal(await page.locator(".markdown li").count(), 40);
  assert.equal(await page.locator(".markdown li").last().innerText(), "line 39 of a long answer");
  const before = await shown(page);
  await page.reload();
  await page.waitForSelector(".turn-facts");
  assert.equal(await shown(page), before);
});

inBrowser("a line that is cut five times changes nothing of what is shown", async (browser) => {
  const user = await newUser();
  await using _script = await scriptModel(user.id, [
    { text: "I look.", tool_calls: [{ name: "list_books", arguments: {} }] },
    { text: LONG, tokens_per_second: 300 },
  ]);
  const { url } = testStack();
  await using proxy = await cuttingProxy(url, (nth) => nth < 5 ? { frames: 2, bytes: 9 } : null);
  await using site = await serveTestConsole(proxy.url);
  await using opened = await openPage(browser, site.origin, { expected: [CUT] });
  const { page } = opened;
  await signIn(page, user);
  await say(page, "Which books do I have?");
  await page.waitForSelector(".turn-facts");
  assert.equal(proxy.cuts, 5);
  const with_cuts = await shown(page);
  await using straight = await serveTestConsole();
  await using again = await openPage(browser, `${straight.origin}/${new URL(page.url()).hash}`);
  await signIn(again.page, user);
  await again.page.waitForSelector(".turn-facts");
  assert.equal(await shown(again.page), with_cuts);
});

inBrowser(
  "a page that is loaded again in mid-run goes on with the run, and shows what an untouched one shows",
  async (browser) => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [
      { text: "I look.", tool_calls: [{ name: "list_books", arguments: {} }] },
      { text: "None at all.", hold: "answer" },
    ]);
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin);
    const { page } = opened;
    await signIn(page, user);
    await say(page, "Which books do I have?");
    await script.reached("answer");
    await page.waitForSelector(".call");
    const untouched = await page.context().newPage();
    await untouched.goto(page.url());
    await signIn(untouched, user);
    await page.reload();
    await page.waitForSelector(".call");
    assert.equal(await shown(page), await shown(untouched));
    await script.release("answer");
    await page.waitForSelector(".turn-facts");
    await untouched.waitForSelector(".turn-facts");
    assert.equal(await shown(page), await shown(untouched));
  },
);

inBrowser("Stop asks once, and the run ends once; closing the page stops nothing", async (browser) => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    { text: "Not yet.", hold: "first" },
    { text: "Here it is.", hold: "second" },
  ]);
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin, { expected: [/./] });
  const { page } = opened;
  const cancels: string[] = [];
  page.on("request", (request) => void (request.url().endsWith("/cancel") && cancels.push(request.method())));
  await signIn(page, user);
  await say(page, "Work on it");
  await script.reached("first");
  await page.click(".status-line button");
  await page.keyboard.press("Escape");
  await page.waitForSelector("text=You stopped it.");
  assert.deepEqual(cancels.filter((method) => method === "POST"), ["POST"]);
  assert.equal(await page.locator(".turn-facts").count(), 1);
  await script.release("first");

  await say(page, "And again");
  await script.reached("second");
  await page.close();
  await script.release("second");
  const again = await browser.newPage();
  await again.goto(site.origin);
  await signIn(again, user);
  await again.click(".session a");
  await again.waitForSelector("text=Here it is.");
  await again.close();
});

inBrowser("a message that is written while a run works is sent when it has ended", async (browser) => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "One.", hold: "one" }, { text: "Two." }]);
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin);
  const { page } = opened;
  await signIn(page, user);
  await say(page, "The first");
  await script.reached("one");
  await say(page, "The second");
  await page.waitForSelector("text=Sent when this run has ended: The second");
  await script.release("one");
  await page.waitForSelector("text=Two.");
  assert.deepEqual(await page.locator(".user-text").allInnerTexts(), ["The first", "The second"]);
});

inBrowser("who has scrolled up stays where they are, who is at the end follows", async (browser) => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [
    { text: LONG },
    { text: LONG, hold: "second", tokens_per_second: 200 },
  ]);
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin);
  const { page } = opened;
  await signIn(page, user);
  await say(page, "The first");
  await page.waitForSelector(".turn-facts");
  await say(page, "The second");
  await script.reached("second");
  const top = () => page.evaluate("document.querySelector('.turns').scrollTop");
  const to_end = () =>
    page.evaluate(
      "(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight)(document.querySelector('.turns'))",
    );
  await page.hover(".turns");
  const scrolled = page.evaluate(
    "new Promise((moved) => document.querySelector('.turns').addEventListener('scrollend', moved, { once: true }))",
  );
  await page.mouse.wheel(0, -400);
  await scrolled;
  const before = Number(await top());
  await script.release("second");
  await page.locator(".turn-facts").nth(1).waitFor();
  assert.ok(Math.abs(Number(await top()) - before) <= 1);
  await page.click(".to-end");
  await page.waitForSelector(".to-end", { state: "detached" });
  assert.ok(Number(await to_end()) <= 1);
});
