// What waits for a person, in the inbox and in the chat: shown first, decided then, and never by accident.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { openConsole } from "../support/browser/console_page.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { say } from "../support/browser/test_console.ts";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, decisionOn, lend } from "../support/stack/asking.ts";
import { clientOf } from "../support/stack/reading.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";

const agentOf = (user: TestUser) => clientOf(user, testStack().url);

/** Resolves when the run has ended. */
async function ended(user: TestUser, run_id: string): Promise<void> {
  for await (const _event of agentOf(user).events(run_id));
}

/** The card's button of this name, once it is awake. */
async function awake(page: Page, name: RegExp) {
  const button = page.getByRole("button", { name });
  await button.and(page.locator(":enabled")).waitFor();
  return button;
}

inBrowser(
  "what would change stands in the inbox; allowing it changes that and nothing else",
  async (browser) => {
    const user = await newUser();
    const loans = await lend(user, "Ann", "Bob");
    await using _ = await scriptModel(user.id, [cancelTurn(loans[0]), { text: "Done." }]);
    const { run_id } = await agentOf(user).run({ message: "Cancel Ann's loan" });
    await using opened = await openConsole(browser, { user, hash: "#/approvals" });
    const { page } = opened;
    await page.waitForSelector(".approval");
    const card = await page.innerText(".approval");
    assert.match(
      card,
      /Waits for you[^]*cancel_loan[^]*Why this is asked\.[^]*What will change[^]*removed[^]*Ann/i,
    );
    assert.doesNotMatch(await page.innerText(".approval h2"), /[0-9a-f]{8}-/, "in words, without ids");
    assert.match(await page.innerText(".side-pages"), /Approvals\s*1/);

    await (await awake(page, /^Allow once/)).click();
    await page.getByText("You allowed it.").waitFor();
    await page.locator(".side-pages .count").waitFor({ state: "detached" });
    await ended(user, run_id);
    assert.deepEqual(await borrowers(user), ["Bob"]);
    await page.reload();
    await page.getByText("Nothing waits for you.").waitFor();
  },
);

inBrowser("a click that was on its way, and Enter, allow nothing", async (browser) => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan), { text: "Done." }]);
  const { run_id } = await agentOf(user).run({ message: "Cancel it" });
  await using opened = await openConsole(browser, { user, hash: "#/approvals" });
  const { page } = opened;
  // In the frame in which the card appears.
  const was_disabled = await page.evaluate(`new Promise((resolve) => {
    const look = () => {
      const button = document.querySelector(".decide-bar .primary");
      if (!button) return requestAnimationFrame(look);
      button.click();
      resolve(button.disabled);
    };
    look();
  })`);
  assert.equal(was_disabled, true);
  const allow = await awake(page, /^Allow once/);
  await allow.focus();
  await page.keyboard.press("Enter");
  await page.locator(".approval h2").focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("x");
  assert.equal((await agentOf(user).approvals()).length, 1);
  await page.keyboard.press("a");
  await page.getByText("You allowed it.").waitFor();
  await ended(user, run_id);
  assert.deepEqual(await borrowers(user), []);
});

inBrowser(
  "an edit is looked at before it can be allowed, and a wrong one is told beside its field",
  async (browser) => {
    const user = await newUser();
    const [ann, bob] = await lend(user, "Ann", "Bob");
    await using _ = await scriptModel(user.id, [cancelTurn(ann), { text: "Done." }]);
    const { run_id } = await agentOf(user).run({ message: "Cancel it" });
    await using opened = await openConsole(browser, { user, hash: "#/approvals", expected: [/400/] });
    const { page } = opened;
    await (await awake(page, /^Edit/)).click();
    await page.getByLabel("loan_id").fill("-1");
    await page.getByRole("button", { name: "See what it would do" }).click();
    await page.locator(".edit-arguments .bad, .edit-arguments .problem").waitFor();
    await page.getByLabel("loan_id").fill(String(bob));
    await page.getByRole("button", { name: "See what it would do" }).click();
    await page.getByText("Edited. This is what it would do").waitFor();
    assert.match(await page.innerText(".effects"), /Bob/);
    assert.deepEqual(await borrowers(user), ["Ann", "Bob"], "nothing is decided by looking");
    await (await awake(page, /^Allow the edit/)).click();
    await page.getByText("You allowed it.").waitFor();
    await page.locator(".side-pages .count").waitFor({ state: "detached" });
    await ended(user, run_id);
    assert.deepEqual(await borrowers(user), ["Ann"]);
  },
);

inBrowser("a refusal goes to the agent with its reason, and the chat reads on", async (browser) => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan), { text: "Then I leave it." }]);
  await using opened = await openConsole(browser, { user, hash: "#/chat" });
  const { page } = opened;
  await say(page, "Cancel it");
  await page.waitForSelector(".approval-place .approval");
  await (await awake(page, /^Decline/)).click();
  await page.keyboard.type("She reads slowly.");
  await page.getByRole("button", { name: "Decline", exact: true }).click();
  await page.locator(".markdown", { hasText: "Then I leave it." }).waitFor();
  assert.equal(await page.locator(".approval-place").count(), 0);
  assert.deepEqual(await borrowers(user), ["Ann"]);
  const { data } = await user.client.from("approval_decisions").select("approved,reason").single();
  assert.deepEqual(data, { approved: false, reason: "She reads slowly." });
});

inBrowser("several of a run are allowed together only once each has been in view", async (browser) => {
  const user = await newUser();
  const loans = await lend(user, "Ann", "Bob", "Cem");
  await using _ = await scriptModel(user.id, [cancelTurn(...loans), { text: "Done." }]);
  const { run_id } = await agentOf(user).run({ message: "Cancel all" });
  await using opened = await openConsole(browser, { user, hash: "#/approvals" });
  const { page } = opened;
  const all = page.getByRole("button", { name: "Allow all 3" });
  await awake(page, /^Allow once/);
  assert.equal(await all.isDisabled(), true);
  await page.getByText("once you have looked at 2 more").waitFor();
  await page.locator(".waiting-entry").nth(1).click();
  await page.getByText("once you have looked at 1 more").waitFor();
  await page.locator(".waiting-entry").nth(2).click();
  await all.and(page.locator(":enabled")).click();
  await page.locator(".side-pages .count").waitFor({ state: "detached" });
  await ended(user, run_id);
  assert.deepEqual(await borrowers(user), []);
});

inBrowser("what was decided elsewhere is told, and a link to it says what became of it", async (browser) => {
  const user = await newUser();
  const [loan] = await lend(user, "Ann");
  await using _ = await scriptModel(user.id, [cancelTurn(loan), { text: "Done." }]);
  const { run_id } = await agentOf(user).run({ message: "Cancel it" });
  await using opened = await openConsole(browser, { user, hash: "#/approvals", expected: [/409/] });
  const { page } = opened;
  const [open] = await agentOf(user).approvals();
  await awake(page, /^Allow once/);
  const elsewhere = await agentOf(user).decide(run_id, [{ ...decisionOn(open), approved: false }]);
  for await (const _event of elsewhere.events());
  await (await awake(page, /^Allow once/)).click();
  await page.locator(".approval .problem").waitFor();
  await page.getByText("It waits no more: it was decided elsewhere").waitFor();
  await page.goto(`${opened.origin}/#/approvals/${open?.tool_call_id}`);
  await page.reload();
  await page.getByText("It was not made. It was declined.").waitFor();
  assert.deepEqual(await borrowers(user), ["Ann"]);
});
