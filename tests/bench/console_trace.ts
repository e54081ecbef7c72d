// How fast the console's trace is with 5,000 rows, in a real browser on a stack of its own. Run it with:
// deno run --allow-all --unstable-no-legacy-abort tests/bench/console_trace.ts
import { createClient } from "@supabase/supabase-js";
import postgres from "postgres";
import type { Page } from "playwright-core";
import { createAgentClient } from "../../client/mod.ts";
import { bundle, stopBundler } from "../../dev/console/build.ts";
import { serveBundle } from "../../dev/console/serve.ts";
import { startStack } from "../../dev/stack.ts";
import { findBrowser, placesHere } from "../support/browser/find_browser.ts";
import { launchBrowser } from "../support/browser/launch_browser.ts";
import { manySpans } from "../support/browser/many_spans.ts";
import { signIn } from "../support/browser/test_console.ts";

const ROWS = 5_000;
const KEYS = 40;

const SCROLLED = `new Promise((resolve) => {
  const list = document.querySelector(".waterfall");
  const frames = [];
  let last = performance.now();
  const step = () => requestAnimationFrame((now) => {
    frames.push(now - last);
    last = now;
    list.scrollTop += 400;
    if (frames.length < 200) step();
    else resolve(frames.slice(5).sort((a, b) => a - b)[Math.floor(frames.length * 0.9)]);
  });
  step();
})`;

const found = await findBrowser(placesHere());
if ("skipped" in found) throw new Error(found.skipped);
const pace = { first_token_ms: 0, tokens_per_second: 0 };
const stack = await startStack({ port: 0, env: Deno.env.toObject(), pace, log: () => {} });
try {
  const { url, publishable_key, demo_user } = stack;
  const { auth } = createClient(url, publishable_key, {
    auth: { persistSession: false, autoRefreshToken: false },
  });
  const { data } = await auth.signInWithPassword(demo_user);
  const agent = createAgentClient({ url, publishable_key, token: data.session?.access_token ?? "" });
  const run = await agent.startRun({ message: "Show me my tasks" });
  for await (const _ of run.events());
  const sql = postgres(stack.database_url);
  await manySpans(sql, run.run_id, ROWS);
  await sql.end();

  const built_for = { url, publishable_key };
  const files = await bundle(built_for);
  await stopBundler();
  const site = serveBundle(0, built_for, () => files);
  await using browser = await launchBrowser(found);
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`${site.url}/#/runs`);
  await signIn(page, demo_user);
  for (const [what, ms] of Object.entries(await figures(page, run.run_id))) {
    console.log(`${what.padEnd(44)} ${ms}`);
  }
  await page.close();
  await site.stop();
} finally {
  await stack.stop();
}

async function figures(page: Page, run_id: string): Promise<Record<string, string>> {
  const ready = [];
  for (let n = 0; n < 5; n++) {
    await page.evaluate(`location.hash = "#/runs"`);
    await page.locator(".run-table").waitFor();
    ready.push(
      await timed(page, `location.hash = "#/runs/${run_id}"`, `document.querySelector("[role=treeitem]")`),
    );
    await page.waitForTimeout(200);
  }
  const standing = await page.locator("[role=treeitem]").count();
  await page.locator("[role=tree]").focus();
  const keys = [];
  for (let n = 0; n < KEYS; n++) keys.push(await timed(page, press("ArrowDown"), "true"));
  const finds = [];
  for (const word of ["s", "sp", "spare_tool_4", "spare_tool_4999", "nothing"]) {
    finds.push(await timed(page, typed(word), "true"));
  }
  await page.evaluate(typed(""));
  const frames = Number.parseFloat(String(await page.evaluate(SCROLLED)));
  return {
    [`ready, requests included (5 times, ms)`]: ready.map(Math.round).join(" "),
    [`rows in the page of ${ROWS}`]: String(standing),
    [`arrow key to the next frame (median, p95, ms)`]: spread(keys),
    [`find to the next frame (each, ms)`]: finds.map(Math.round).join(" "),
    [`frame while scrolling (p95, ms)`]: String(Math.round(frames)),
  };
}

/** Milliseconds from a deed to the first frame after which it is seen. */
async function timed(page: Page, deed: string, seen: string): Promise<number> {
  return Number(
    await page.evaluate(`new Promise((resolve) => {
      const start = performance.now();
      ${deed};
      const look = () => requestAnimationFrame(() => {
        if (${seen}) setTimeout(() => resolve(performance.now() - start));
        else look();
      });
      look();
    })`),
  );
}

function press(key: string): string {
  return `document.querySelector("[role=tree]")
    .dispatchEvent(new KeyboardEvent("keydown", { key: "${key}", bubbles: true, cancelable: true }))`;
}

function typed(words: string): string {
  return `{ const field = document.querySelector("[data-find]"); field.value = ${JSON.stringify(words)};
    field.dispatchEvent(new Event("input", { bubbles: true })); }`;
}

function spread(times: number[]): string {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] ?? 0);
  return `${at(0.5)} ${at(0.95)}`;
}
