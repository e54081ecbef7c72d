import assert from "node:assert/strict";
import { inBrowser } from "../support/browser/in_browser.ts";
import { openPage } from "../support/browser/open_page.ts";
import { say, serveConsoleFor, serveTestConsole, signIn } from "../support/browser/test_console.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser, testStack } from "../support/stack/stack.ts";

const REFUSED = /status of 400/;

inBrowser(
  "a wrong password is told in Auth's words, and the right one leads to the page that was asked for",
  async (browser) => {
    const user = await newUser();
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, `${site.origin}/#/usage`, { expected: [REFUSED] });
    const { page } = opened;
    const said: string[] = [];
    page.on("console", (message) => void said.push(message.text()));
    await page.fill("input[name=email]", user.email);
    await page.fill("input[name=password]", "another");
    await page.click("button[type=submit]");
    assert.match(await page.textContent("[role=alert]") ?? "", /Invalid login credentials/);
    await signIn(page, user);
    assert.equal(new URL(page.url()).hash, "#/usage");
    const kept = await page.evaluate(
      "[Object.keys(localStorage), Object.keys(sessionStorage), location.href]",
    );
    assert.deepEqual(kept, [[], ["agent-console.session"], `${site.origin}/#/usage`]);
    // Signed out and in again, it is the same auth client.
    await page.click("[aria-label='Sign out']");
    await signIn(page, user);
    assert.deepEqual(said.filter((text) => !REFUSED.test(text)), []);
  },
);

inBrowser(
  "a secret key is refused before anything is sent, and a publishable one is remembered",
  async (browser) => {
    const { url, publishable_key } = testStack();
    const user = await newUser();
    await using site = await serveConsoleFor({});
    await using opened = await openPage(browser, site.origin);
    const { page } = opened;
    const asked: string[] = [];
    page.on("request", (request) => void (request.url().startsWith(url) && asked.push(request.url())));
    const legacy = `e30.${btoa(JSON.stringify({ role: "service_role" }))}.x`;
    for (const key of ["sb_secret_abc", legacy]) {
      await page.fill("input[name=url]", url);
      await page.fill("input[name=key]", key);
      await page.fill("input[name=email]", user.email);
      await page.fill("input[name=password]", user.password);
      await page.click("button[type=submit]");
      await page.waitForSelector("[role=alert]");
      assert.match(await page.textContent("[role=alert]") ?? "", /secret key/);
    }
    assert.deepEqual(asked, []);
    await page.fill("input[name=key]", publishable_key);
    await signIn(page, user);
    assert.deepEqual(await page.evaluate("({ ...localStorage })"), {
      "agent-console.project": `${url} ${publishable_key} public`,
    });
  },
);

inBrowser(
  "after a sign-out storage is empty, other tabs are signed out, and another user sees nothing of the first",
  async (browser) => {
    const [first, second] = [await newUser(), await newUser()];
    await using _script = await scriptModel(first.id, [{ text: "Nobody else reads this." }]);
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin);
    const { page } = opened;
    await signIn(page, first);
    await say(page, "A secret of the first one");
    await page.waitForSelector("text=Nobody else reads this.");
    await page.fill("textarea", "a draft of the first one");
    const other = await page.context().newPage();
    await other.goto(site.origin);
    await signIn(other, first);
    await page.click("[aria-label='Sign out']");
    await page.waitForSelector("text=Sign in");
    await other.waitForSelector("input[name=password]");
    for (const tab of [page, other]) {
      assert.deepEqual(await tab.evaluate("[Object.keys(localStorage), Object.keys(sessionStorage)]"), [
        [],
        [],
      ]);
    }
    await signIn(page, second);
    await page.goto(`${site.origin}/#/chat`);
    await page.waitForSelector("text=No conversations yet.");
    const seen = await page.content();
    assert.ok(!/secret of the first|Nobody else|draft of the first/.test(seen));
    assert.equal(await page.inputValue("textarea"), "");
  },
);
