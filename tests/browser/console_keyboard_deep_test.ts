// The chat and sign-in with the keyboard alone.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { inBrowser } from "../support/browser/in_browser.ts";
import { openPage } from "../support/browser/open_page.ts";
import { serveTestConsole, signIn } from "../support/browser/test_console.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";

/** What has the focus, in a word, and that its ring is seen. */
async function focused(page: Page): Promise<string> {
  const [name, ring] = String(
    await page.evaluate(`(() => {
      const one = document.activeElement;
      const ringed = one.matches(".composer textarea") ? one.closest(".composer-box") : one;
      const { outlineStyle, outlineWidth } = getComputedStyle(ringed);
      return (one.ariaLabel || one.name || one.id || one.textContent.trim()) + "|" + outlineStyle + outlineWidth;
    })()`),
  ).split("|");
  assert.match(ring ?? "", /^solid[12]px$/, `the ring of ${name}`);
  return name ?? "";
}

async function tabbed(page: Page, stops: number): Promise<string[]> {
  const names: string[] = [];
  for (let stop = 0; stop < stops; stop++) {
    await page.keyboard.press("Tab");
    names.push(await focused(page));
  }
  return names;
}

inBrowser("sign-in works with the keyboard alone, in the order of its fields", async (browser) => {
  const user = await newUser();
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin);
  const { page } = opened;
  await page.waitForSelector("input[name=email]:focus");
  assert.equal(await focused(page), "email");
  await page.keyboard.type(user.email);
  assert.deepEqual(await tabbed(page, 1), ["password"]);
  await page.keyboard.type(user.password);
  assert.deepEqual(await tabbed(page, 3), ["stay", "Sign in", "Use a one-time code"]);
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".side-foot");
});

inBrowser(
  "the skip link is the first stop, and leads over the side bar; each stop has its ring",
  async (browser) => {
    const user = await newUser();
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin);
    const { page } = opened;
    await signIn(page, user);
    await page.reload();
    await page.waitForSelector(".new-chat");
    assert.deepEqual(await tabbed(page, 5), ["Skip to the page", "Chat", "Runs", "Approvals", "Usage"]);
    for (let back = 0; back < 4; back++) await page.keyboard.press("Shift+Tab");
    assert.equal(await focused(page), "Skip to the page");
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate("document.activeElement.id"), "main");
    const stops = await tabbed(page, 4);
    assert.equal(stops.at(-1), "Message", String(stops));
  },
);

inBrowser(
  "a message is sent and its run stopped with keys; Esc stops nothing while there is text",
  async (browser) => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [{ text: "Not yet.", hold: "first" }]);
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin, { expected: [/./] });
    const { page } = opened;
    const cancels: string[] = [];
    page.on("request", (request) => void (/\/cancel$/.test(request.url()) && cancels.push(request.method())));
    await signIn(page, user);
    await page.waitForSelector(".new-chat");
    await page.keyboard.press("/");
    assert.equal(await focused(page), "Message");
    await page.keyboard.type("One line");
    await page.keyboard.press("Shift+Enter");
    await page.keyboard.type("and g r another?");
    await page.keyboard.press("Enter");
    await script.reached("first");
    assert.equal(await page.locator(".user-text").innerText(), "One line\nand g r another?");
    await page.keyboard.type("half a thought");
    await page.keyboard.press("Escape");
    assert.deepEqual(cancels, []);
    await page.keyboard.press("Control+A");
    await page.keyboard.press("Backspace");
    await page.keyboard.press("Escape");
    await page.waitForSelector("text=You stopped it.");
    assert.deepEqual(cancels.filter((method) => method === "POST"), ["POST"]);
    await script.release("first");
  },
);

inBrowser("letters lead to pages and lists, and can be switched off and on again", async (browser) => {
  const user = await newUser();
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin);
  const { page } = opened;
  await signIn(page, user);
  await page.waitForSelector(".new-chat");
  for (const [letter, hash] of [["r", "#/runs"], ["a", "#/approvals"], ["u", "#/usage"], ["c", "#/chat"]]) {
    await page.keyboard.press("g");
    await page.keyboard.press(letter ?? "");
    await page.waitForURL(`${site.origin}/${hash}`);
    await page.waitForSelector("main h1:focus");
  }
  const shown = page.locator("dialog#keys[open]");
  await page.keyboard.press("?");
  await shown.waitFor();
  await page.getByLabel("Single letters work").focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Escape");
  await shown.waitFor({ state: "detached" });
  for (const key of ["g", "r", "?", "/"]) await page.keyboard.press(key);
  assert.equal(new URL(page.url()).hash, "#/chat");
  assert.equal(await shown.count(), 0);
  await page.getByRole("button", { name: "Keys" }).press("Enter");
  await shown.waitFor();
  await page.getByLabel("Single letters work").press("Space");
  await page.keyboard.press("Escape");
  await shown.waitFor({ state: "detached" });
  await page.locator("main h1").focus();
  await page.keyboard.press("g");
  await page.keyboard.press("r");
  await page.waitForURL(`${site.origin}/#/runs`);
});

inBrowser("who stops a message while it is being sent has its run stopped", async (browser) => {
  const user = await newUser();
  await using script = await scriptModel(user.id, [{ text: "Not yet.", hold: "first" }]);
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin, { expected: [/./] });
  const { page } = opened;
  const [sent, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await page.route(/\/functions\/v1\/agent-planner$/, async (route) => {
    if (route.request().method() === "POST") {
      sent.resolve();
      await held.promise;
    }
    await route.continue();
  });
  const cancelled = page.waitForRequest((request) =>
    request.method() === "POST" && /\/cancel$/.test(request.url())
  );
  await signIn(page, user);
  await page.waitForSelector(".new-chat");
  await page.keyboard.press("/");
  await page.keyboard.type("Too soon");
  await page.keyboard.press("Enter");
  await sent.promise;
  await page.keyboard.press("Escape");
  await page.waitForSelector("text=Stopping…");
  held.resolve();
  await cancelled;
  await page.waitForSelector("text=You stopped it.");
  await script.release("first");
});
