// `test` for tests that drive a browser: each starts its own, and all are skipped where there is none.
import { test } from "../test.ts";
import { findBrowser, placesHere } from "./find_browser.ts";
import { type Browser, launchBrowser } from "./launch_browser.ts";

// Fetched before the tests begin, so that no test's patience depends on the line.
const found = await findBrowser(placesHere());
if ("skipped" in found) console.log(`Skipped: ${found.skipped}`);

/** A test that counts as ignored where there is no browser. */
export function inBrowser(name: string, body: (browser: Browser) => Promise<void>): void {
  if ("skipped" in found) return Deno.test.ignore(name, () => {});
  test(name, async () => {
    await using browser = await launchBrowser(found);
    await body(browser);
  });
}
