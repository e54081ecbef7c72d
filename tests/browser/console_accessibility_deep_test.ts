// What axe-core finds on sign-in and chat, in both themes, on a desk and on a phone.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { goldenEvents } from "../console/golden_events.ts";
import { seriousFindings } from "../support/browser/axe.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { openPage } from "../support/browser/open_page.ts";
import { storeRecordedRun } from "../support/browser/recorded_run.ts";
import { serveTestConsole, signIn } from "../support/browser/test_console.ts";
import { newUser } from "../support/stack/stack.ts";

async function looks(page: Page, screen: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1280, 390]) {
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.setViewportSize({ width, height: 800 });
      assert.deepEqual(await seriousFindings(page), [], `${screen} in ${colorScheme} at ${width}`);
      const moving = "document.getAnimations().filter((one) => one.playState === 'running').length";
      assert.equal(await page.evaluate(moving), 0, `${screen} moves`);
    }
  }
}

inBrowser(
  "axe-core finds nothing serious on sign-in, chat, plan and approval, and nothing moves where motion is unwanted",
  async (browser) => {
    const user = await newUser();
    await using site = await serveTestConsole();
    // The policy would stop axe-core itself; that it stops nothing of the page the other tests see.
    await using opened = await openPage(browser, site.origin, { bypassCSP: true });
    const { page } = opened;
    await looks(page, "sign-in");
    await signIn(page, user);
    await page.waitForSelector(".new-chat");
    await looks(page, "new conversation");
    const logs = goldenEvents();
    const plan = await storeRecordedRun(user, {
      title: "A plan",
      events: logs.get("plan") ?? [],
      answer: "**Done.**",
    });
    await page.goto(`${site.origin}/#/chat/${plan.session_id}`);
    await page.waitForSelector(".turn-facts");
    await looks(page, "plan");
    const approvals = logs.get("approvals") ?? [];
    const events = approvals.slice(0, approvals.findIndex((event) => event.type === "run_paused") + 1);
    const waits = await storeRecordedRun(user, { title: "A question", events, answer: null });
    await page.goto(`${site.origin}/#/chat/${waits.session_id}`);
    await page.waitForSelector(".approval-place");
    await looks(page, "approval");
  },
);
