// Every recorded run on the console's page: from its rows, and in mid-run from its stream.
import assert from "node:assert/strict";
import { answerOf, initialRunState, type ReadEvent, reduceRun } from "../../client/mod.ts";
import { goldenEvents } from "../console/golden_events.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { openPage } from "../support/browser/open_page.ts";
import { addRecordedEvents, storeRecordedRun } from "../support/browser/recorded_run.ts";
import { serveTestConsole, signIn } from "../support/browser/test_console.ts";
import { newUser } from "../support/stack/stack.ts";

const ENDED = ".turn-facts";
const TURNS = "document.querySelector('.turns-inner').innerText";
const PLAN = "document.querySelector('aside.plan-side')?.innerText ?? ''";

const stateOf = (events: readonly ReadEvent[]) =>
  events.reduce(reduceRun, initialRunState(events[0]?.run_id ?? ""));
/** What the clock says differs from look to look. */
const timeless = (text: unknown) =>
  String(text).replaceAll(/\d\d:\d\d|[\d.]+ (ms|s|min)\b/g, "").replaceAll(/\s+/g, " ");

/** A few to a test, so that none takes long. */
const LOGS_OF_TEST = 5;
const LOGS = [...goldenEvents()];
const PARTS = Array.from(
  { length: Math.ceil(LOGS.length / LOGS_OF_TEST) },
  (_, part) => LOGS.slice(part * LOGS_OF_TEST, (part + 1) * LOGS_OF_TEST),
);

for (const [part, logs] of PARTS.entries()) {
  const names = logs.map(([name]) => name).join(", ");
  inBrowser(
    `recorded runs are shown as they ended, and in their middle go on to the same picture (${
      part + 1
    }): ${names}`,
    async (browser) => {
      const user = await newUser();
      await using site = await serveTestConsole();
      await using opened = await openPage(browser, site.origin);
      const { page } = opened;
      await signIn(page, user);
      for (const [name, events] of logs) {
        const state = stateOf(events);
        const answer = answerOf(state) || (state.error?.message ?? "It was stopped.");
        const whole = { title: `Recorded: ${name}`, events, answer };
        const ended = await storeRecordedRun(user, whole);
        await page.goto(`${site.origin}/#/chat/${ended.session_id}`);
        await page.waitForSelector(`[data-run="${ended.run_id}"] ${ENDED}`);
        const picture = [timeless(await page.evaluate(TURNS)), timeless(await page.evaluate(PLAN))];
        const steps = state.plan?.steps.length ?? 0;
        assert.equal(await page.locator(".plan-step").count(), steps, name);

        const middle = Math.floor(events.length / 2);
        const paused = events.slice(0, middle).some((event) => event.type === "run_paused");
        const first = events.slice(0, paused ? 2 : middle);
        const begun = await storeRecordedRun(user, { ...whole, events: first, answer: null });
        await page.goto(`${site.origin}/#/chat/${begun.session_id}`);
        await page.waitForSelector(`[data-run="${begun.run_id}"]`);
        await page.waitForSelector(".status-line");
        await page.reload();
        await page.waitForSelector(".status-line");
        await addRecordedEvents(user, begun, { ...whole, events: events.slice(first.length) });
        await page.waitForSelector(`[data-run="${begun.run_id}"] ${ENDED}`);
        // Where nothing was said, the words are those that were stored, which are read once the run has ended.
        if (state.parts.length === 0) await page.waitForSelector(`[data-run="${begun.run_id}"] .markdown`);
        assert.deepEqual(
          [timeless(await page.evaluate(TURNS)), timeless(await page.evaluate(PLAN))],
          picture,
          name,
        );
      }
    },
  );
}
