// What a reader of the chat does besides writing: links of a tainted run, another try, staying signed in.
import assert from "node:assert/strict";
import { inBrowser } from "../support/browser/in_browser.ts";
import { openPage } from "../support/browser/open_page.ts";
import { storeRecordedRun } from "../support/browser/recorded_run.ts";
import { say, serveTestConsole, signIn } from "../support/browser/test_console.ts";
import { goldenEvents } from "../console/golden_events.ts";
import { scriptModel } from "../support/models/script.ts";
import { newUser } from "../support/stack/stack.ts";

inBrowser(
  "a link of a run that has read text from outside asks before it opens, by mouse and by key",
  async (browser) => {
    const user = await newUser();
    const events = goldenEvents().get("simple") ?? [];
    const answer = "Read [the bank](https://evil.example/login)";
    const tainted = events.map((event) => ({ ...event, tainted: true as const }));
    const asks = await storeRecordedRun(user, { title: "From outside", events: tainted, answer });
    const opens = await storeRecordedRun(user, { title: "From here", events, answer });
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin);
    const { page } = opened;
    const others: string[] = [];
    page.context().on("page", (other) => void others.push(other.url()));
    await signIn(page, user);
    await page.goto(`${site.origin}/#/chat/${asks.session_id}`);
    await page.waitForSelector(".turn-facts");
    const question = page.getByRole("dialog").filter({ hasText: "Open a link to evil.example?" });
    await page.click(".markdown a");
    await question.waitFor();
    assert.match(await question.innerText(), /https:\/\/evil\.example\/login/);
    await page.click("text=Stay here");
    await question.waitFor({ state: "detached" });
    await page.press(".markdown a", "Enter");
    await question.waitFor();
    await page.keyboard.press("Escape");
    await question.waitFor({ state: "detached" });
    assert.deepEqual(others, []);
    await page.goto(`${site.origin}/#/chat/${opens.session_id}`);
    await page.waitForSelector(`[data-run="${opens.run_id}"] .turn-facts`);
    const other = page.waitForEvent("popup");
    await page.click(".markdown a");
    await (await other).close();
    assert.equal(await question.count(), 0);
  },
);

inBrowser("after a run that failed and may do better, Try again says the same once more", async (browser) => {
  const user = await newUser();
  const events = (goldenEvents().get("failed") ?? []).map((event) =>
    event.type === "error" ? { ...event, retryable: true } : event
  );
  const failed = await storeRecordedRun(user, { title: "Do it", events, answer: "It failed." });
  await using _script = await scriptModel(user.id, [{ text: "It went well." }]);
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin);
  const { page } = opened;
  await signIn(page, user);
  await page.goto(`${site.origin}/#/chat/${failed.session_id}`);
  await page.click("text=Try again");
  await page.waitForSelector("text=It went well.");
  assert.deepEqual(await page.locator(".user-text").allInnerTexts(), ["Do it", "Do it"]);
});

inBrowser("who stays signed in on the device is so in a new tab, until the sign-out", async (browser) => {
  const user = await newUser();
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin);
  const { page } = opened;
  const kept = "[Object.keys(localStorage), Object.keys(sessionStorage)]";
  await page.check("input[name=stay]");
  await signIn(page, user);
  assert.deepEqual(await page.evaluate(kept), [["agent-console.session"], []]);
  const tab = await page.context().newPage();
  await tab.goto(`${site.origin}/#/usage`);
  await tab.waitForSelector(".side-foot");
  assert.equal(new URL(tab.url()).hash, "#/usage");
  await tab.click("[aria-label='Sign out']");
  await page.waitForSelector("input[name=password]");
  for (const one of [page, tab]) {
    await one.waitForSelector("input[name=password]");
    assert.deepEqual(await one.evaluate(kept), [[], []]);
  }
});

inBrowser(
  "a screen reader is told what goes on, not each word, and the end with its answer",
  async (browser) => {
    const user = await newUser();
    const answer = "None at all. ".repeat(30).trim();
    await using script = await scriptModel(user.id, [{ text: answer, hold: "answer" }]);
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin);
    const { page } = opened;
    await signIn(page, user);
    await say(page, "Which books do I have?");
    await script.reached("answer");
    const said = page.locator(".chat-foot p[role=status].vh");
    await said.filter({ hasText: /^Thinking/ }).waitFor({ state: "attached" });
    await said.filter({ hasText: /still working$/ }).waitFor({ state: "attached" });
    await script.release("answer");
    await said.filter({ hasText: /^The answer is complete\./ }).waitFor({ state: "attached" });
    assert.equal(await said.textContent(), `The answer is complete. ${answer.slice(0, 200)}`);
    assert.equal(await page.locator(".markdown [aria-live], .markdown [role=status]").count(), 0);
  },
);
