// Every recorded log, as the trace draws it while its run is under way.
import assert from "node:assert/strict";
import { RunEvent } from "../../shared/contracts/events.ts";
import { readGoldenLogs } from "../golden/golden_log.ts";
import { openConsole } from "../support/browser/console_page.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { newUser } from "../support/stack/stack.ts";

const logs = await readGoldenLogs();

/** What the head says once the stream has ended so. */
const END: Readonly<Record<string, string>> = {
  done: "completed",
  error: "failed",
  run_paused: "waits for you",
};

inBrowser(
  "every recorded log is drawn: its calls, its attempts at steps, its plans, and how it ends",
  async (browser) => {
    const user = await newUser();
    await using opened = await openConsole(browser, { user, hash: "#/runs" });
    const { page, origin } = opened;
    const headers = { "access-control-allow-origin": "*" };
    for (const { name, lines } of logs) {
      const events = lines.map((line) => RunEvent.parse(JSON.parse(line)));
      const { run_id, at } = events[0] ?? assert.fail(`${name} is empty`);
      const run = {
        ...{ id: run_id, session_id: crypto.randomUUID(), message: name, status: "running", strategy: null },
        ...{ finished_reason: null, error: null, usage: null, takeovers: 0, cancel_requested_at: null },
        ...{ lease_expires_at: at, created_at: at, finished_at: null },
      };
      // The run is asked for once more when its stream has ended: what the events came to stays until that is answered.
      const looked = Promise.withResolvers<void>();
      let asked = 0;
      await page.route(/\/rest\/v1\/agent_runs\?/, async (route) => {
        if (!route.request().url().includes(run_id)) return await route.continue();
        if (asked++ > 0) await looked.promise;
        const ended = asked > 1 ? { status: "completed", finished_at: at } : {};
        await route.fulfill({ headers, json: [{ ...run, ...ended }] });
      });
      await page.route(new RegExp(`/runs/${run_id}/events`), (route) =>
        route.fulfill({
          headers: { ...headers, "content-type": "text/event-stream" },
          body: events.map((event) =>
            `id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`
          ).join(""),
        }));
      await page.goto(`${origin}/#/runs/${run_id}?hide=none`);
      const count = (type: RunEvent["type"]) => events.filter((event) => event.type === type).length;
      const calls = page.locator("[role=treeitem] .bar:is(.read, .write, .hand_in)");
      const plans = page.locator("[role=treeitem] .bar.plan");
      const state = END[events.at(-1)?.type ?? ""] ?? "";
      const cancelled = events.some((event) => event.type === "done" && event.status === "cancelled");
      await page.locator(".page-head .pill", { hasText: cancelled ? "cancelled" : state }).waitFor();
      assert.equal(await calls.count(), count("tool_call"), `${name}: calls`);
      assert.equal(await plans.count(), count("plan_created"), `${name}: plans`);
      assert.equal(
        await page.locator(".line.taken-over").count(),
        count("taken_over"),
        `${name}: take-overs`,
      );
      looked.resolve();
      await page.unrouteAll({ behavior: "ignoreErrors" });
    }
  },
);
