import assert from "node:assert/strict";
import { openConsole } from "../support/browser/console_page.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { scriptModel } from "../support/models/script.ts";
import { chat } from "../support/stack/calling.ts";
import { newUser } from "../support/stack/stack.ts";

inBrowser(
  "usage shows what a day has cost, what is left of each quota, and 30 bars a chart",
  async (browser) => {
    const user = await newUser();
    await using _ = await scriptModel(user.id, [{ text: "One." }, { text: "Two." }]);
    const used = [];
    for (const message of ["one", "two"]) used.push((await chat(user, { message })).state.usage);
    const tokens = used.reduce((sum, usage) => sum + (usage?.input_tokens ?? 0), 0);

    await using opened = await openConsole(browser, { user, hash: "#/usage" });
    const { page } = opened;
    await page.getByRole("table", { name: /Usage by day/ }).waitFor();
    const day = await page.locator(".usage-table tbody tr").allInnerTexts();
    assert.equal(day.length, 1, "a day without a run is left out");
    assert.match(
      day[0] ?? "",
      new RegExp(`^\\d+ \\w+\\s+2\\s+2\\s+0\\s+${tokens.toLocaleString("en-US")}\\s`),
    );
    assert.match(day[0] ?? "", /cost not reported$/);
    assert.match(await page.locator(".facts").innerText(), /Cost\s+not reported/);
    assert.equal(await page.locator(".chart").first().locator(".chart-day").count(), 30);
    assert.match(await page.locator(".quota").first().innerText(), /^Runs in an hour\s+2 of [\d,]+/);

    await page.getByRole("button", { name: "7 days" }).click();
    await page.getByRole("heading", { name: "The last 7 days" }).waitFor();
    const bars = page.locator(".chart").first().locator(".chart-day");
    await bars.nth(7).waitFor({ state: "detached" });
    await bars.nth(6).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "The last 7 days" }).waitFor();
  },
);

inBrowser("who has used nothing sees so, and no bar says otherwise", async (browser) => {
  const user = await newUser();
  await using opened = await openConsole(browser, { user, hash: "#/usage" });
  await opened.page.getByText("No run in these days.").waitFor();
  assert.equal(await opened.page.locator(".meter > span").count(), 0);
});
