import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { z } from "zod";
import { goldenEvents } from "../console/golden_events.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { openPage } from "../support/browser/open_page.ts";
import { storeRecordedRun } from "../support/browser/recorded_run.ts";
import { serveTestConsole, signIn } from "../support/browser/test_console.ts";
import { newUser } from "../support/stack/stack.ts";

async function choose(page: Page, title: string, action: string): Promise<void> {
  await page.hover(`.session:has-text("${title}")`);
  await page.click(`.session:has-text("${title}") .session-more`);
  await page.click(`.session .menu >> text=${action}`);
}

inBrowser(
  "a conversation is renamed, put into the archive, taken out and deleted in the side bar",
  async (browser) => {
    const user = await newUser();
    const events = goldenEvents().get("simple") ?? [];
    await storeRecordedRun(user, { title: "The first", events, answer: "Yes." });
    const { session_id } = await storeRecordedRun(user, { title: "The second", events, answer: "Yes." });
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, `${site.origin}/#/chat/${session_id}`);
    const { page } = opened;
    await signIn(page, user);
    await choose(page, "The second", "Rename");
    await page.getByLabel("Title").fill("Another name");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".session:has-text('Another name')");
    await choose(page, "The first", "Archive");
    await page.waitForSelector(".session:has-text('The first')", { state: "detached" });
    await page.click(".sessions-head [aria-label=Archive]");
    await choose(page, "The first", "Take out of the archive");
    await page.waitForSelector("text=The archive is empty.");
    await page.click(".sessions-head [aria-label=Archive]");
    await page.waitForSelector(".session:has-text('The first')");
    await choose(page, "Another name", "Delete");
    await page.click("dialog >> text=Keep it");
    await choose(page, "Another name", "Delete");
    await page.click("dialog .danger");
    await page.waitForSelector(".session:has-text('Another name')", { state: "detached" });
    assert.equal(new URL(page.url()).hash, "#/chat/new");
    const { data } = await user.client.from("chat_messages").select("content").eq("session_id", session_id);
    assert.ok(data?.every((row) => row.content === ""));
  },
);

inBrowser(
  "a name that is being typed keeps its box: where the menu has just gone, the list is read anew, and a page comes in",
  async (browser) => {
    const user = await newUser();
    const events = goldenEvents().get("simple") ?? [];
    await storeRecordedRun(user, { title: "The first", events, answer: "Yes." });
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin);
    const { page } = opened;
    await signIn(page, user);
    await page.hover(".session");
    await page.click(".session .session-more");
    await page.waitForSelector(".session .menu button:focus");
    // As soon as it is there, before the browser has painted it.
    await page.evaluate(`new Promise((focused) => {
      new MutationObserver((_, observer) => {
        const box = document.querySelector(".sessions input");
        if (!box) return;
        observer.disconnect();
        box.focus();
        focused();
      }).observe(document.body, { childList: true, subtree: true });
      document.querySelector(".session .menu button").click();
    })`);
    await page.getByLabel("Title").fill("Half a ");
    const read_anew = page.waitForResponse((response) => response.url().includes("/chat_sessions"));
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
    await (await read_anew).finished();
    await page.evaluate("location.hash = '#/runs'");
    await page.getByRole("heading", { name: "Runs", level: 1 }).waitFor();
    await page.evaluate("new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)))");
    await page.keyboard.press("End");
    await page.keyboard.type("name");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".session:has-text('Half a name')");
  },
);

inBrowser(
  "steps that were at work at once overlap on the plan's clock, and each stands in the time it took",
  async (browser) => {
    const user = await newUser();
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin);
    const { page } = opened;
    await signIn(page, user);
    let overlapping = 0;
    for (const name of ["plan", "partial", "needs_input"]) {
      const events = goldenEvents().get(name) ?? [];
      const { session_id } = await storeRecordedRun(user, { title: name, events, answer: "Done." });
      await page.goto(`${site.origin}/#/chat/${session_id}`);
      await page.waitForSelector(`h1[title="${name}"]`);
      await page.waitForSelector(".work-bar");
      const at_work = new Map<number, [number, number]>();
      for (const event of events) {
        const at = Date.parse(event.at);
        if (event.type === "step_start") at_work.set(event.step_number, [at, at]);
        if (event.type === "step_complete") {
          at_work.set(event.step_number, [at_work.get(event.step_number)?.[0] ?? at, at]);
        }
      }
      const drawn = await page.evaluate(
        "JSON.stringify([...document.querySelectorAll('.plan-track .work-bar')].map((bar) => bar.getBoundingClientRect()).map(({ left, right }) => [left, right]))",
      );
      const bars = z.array(z.tuple([z.number(), z.number()])).parse(JSON.parse(String(drawn)));
      const times = [...at_work.values()];
      assert.equal(bars.length, times.length, name);
      for (const [i, [start, end]] of times.entries()) {
        for (const [j, [other_start, other_end]] of times.entries()) {
          if (i >= j) continue;
          const together = Math.min(end, other_end) - Math.max(start, other_start) > 30;
          const [left, right] = bars[i] ?? [0, 0];
          const [other_left, other_right] = bars[j] ?? [0, 0];
          const overlap = Math.min(right, other_right) - Math.max(left, other_left) > 0.5;
          if (together) overlapping++;
          if (together) assert.ok(overlap, `${name}: steps ${i + 1} and ${j + 1}`);
        }
      }
    }
    assert.ok(overlapping > 0, "no recorded plan has steps side by side");
  },
);

inBrowser(
  "an address with what is no id says that there is no such thing, and asks for nothing",
  async (browser) => {
    const user = await newUser();
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, `${site.origin}/#/usage`);
    const { page } = opened;
    await signIn(page, user);
    await page.waitForSelector("h1");
    const asked: string[] = [];
    page.on("request", (request) => void asked.push(request.url()));
    for (
      const [hash, said] of [
        ["#/chat/nope", "There is no such conversation."],
        ["#/runs/nope", "There is no such run"],
        ["#/approvals/nope", "There is no such call."],
      ]
    ) {
      await page.goto(`${site.origin}/${hash}`);
      await page.waitForSelector(`text=${said}`);
      assert.doesNotMatch(await page.textContent("body") ?? "", /uuid|syntax/);
    }
    assert.deepEqual(asked.filter((url) => url.includes("nope") && !url.startsWith(site.origin)), []);
  },
);

inBrowser("conversations that begin alike are told apart by their exact times", async (browser) => {
  const user = await newUser();
  const events = goldenEvents().get("simple") ?? [];
  await storeRecordedRun(user, { title: "Plan my week", events, answer: "Yes." });
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin);
  const { page } = opened;
  await signIn(page, user);
  const title = await page.getAttribute(".session .cut", "title");
  assert.match(title ?? "", /^Plan my week\n\w{3},? \d+ \w+ \d{4}.* \d\d:\d\d:\d\d/);
});
