import assert from "node:assert/strict";
import type { Sql } from "postgres";
import { openConsole } from "../support/browser/console_page.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { scriptModel } from "../support/models/script.ts";
import { chat } from "../support/stack/calling.ts";
import { askedRun } from "../support/stack/deciding.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";

let sql: Sql;
Deno.test.beforeAll(() => void (sql = database()));
Deno.test.afterAll(() => sql.end());

/** Runs that were answered, one a message, the first the oldest. */
async function answered(user: TestUser, ...messages: string[]): Promise<string[]> {
  await using _ = await scriptModel(user.id, messages.map((message) => ({ text: `Yes, ${message}.` })));
  const ids = [];
  for (const message of messages) ids.push((await chat(user, { message })).state.run_id);
  return ids;
}

inBrowser(
  "runs are listed newest first, with what each has cost and written, and lead to their traces",
  async (browser) => {
    const user = await newUser();
    const [, second] = await answered(user, "first", "second");
    await using _ = await scriptModel(user.id, [
      { tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
      { text: "It is there." },
    ]);
    await chat(user, { message: "third" });
    await using opened = await openConsole(browser, { user, hash: "#/runs" });
    const { page } = opened;
    const cells = (name: string) => page.locator(`td.${name}`).allInnerTexts();
    await page.getByRole("row").nth(3).waitFor();
    assert.deepEqual(await cells("run-message"), ["third", "second", "first"]);
    assert.deepEqual((await cells("run-state")).map((text) => text.trim()), [
      "completed",
      "completed",
      "completed",
    ]);
    await page.locator("td[data-name=Writes]", { hasText: "1" }).waitFor();
    assert.deepEqual(await page.locator("td[data-name=Writes]").allInnerTexts(), ["1", "0", "0"]);
    assert.deepEqual(await page.locator("td[data-name='Model calls']").allInnerTexts(), ["2", "1", "1"]);
    await page.getByRole("main").getByRole("link", { name: "second" }).click();
    await page.locator("[role=treeitem]").first().waitFor();
    assert.match(page.url(), new RegExp(`#/runs/${second}$`));
    await page.goBack();
    await page.getByRole("main").getByRole("link", { name: "third" }).waitFor();
  },
);

inBrowser(
  "filters stand in the address, survive a reload, and are cleared where nothing fits",
  async (browser) => {
    const user = await newUser();
    await answered(user, "100% of my books", "my loans");
    await using opened = await openConsole(browser, { user, hash: "#/runs" });
    const { page } = opened;
    const messages = page.locator("td.run-message");
    await messages.nth(1).waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("0%");
    await messages.nth(1).waitFor({ state: "detached" });
    assert.deepEqual(await messages.allInnerTexts(), ["100% of my books"]);
    assert.match(page.url(), /q=0%25/);
    await page.reload();
    await messages.first().waitFor();
    assert.equal(await page.getByLabel("Find in messages").inputValue(), "0%");
    assert.deepEqual(await messages.allInnerTexts(), ["100% of my books"]);

    await page.getByLabel("State").selectOption("Failed");
    await page.getByText("No run fits these filters.").waitFor();
    assert.match(page.url(), /status=failed/);
    await page.getByRole("link", { name: "Clear filters" }).last().click();
    await messages.nth(1).waitFor();
    assert.match(page.url(), /#\/runs$/);
    assert.equal(await page.getByLabel("Find in messages").inputValue(), "");

    const today = new Date().toISOString().slice(0, 10);
    const bounds = [[`from=${today}`, 2], [`to=2020-01-01`, 0], [`from=no-day`, 2], [
      "strategy=simple",
      2,
    ]] as const;
    for (const [query, count] of bounds) {
      await page.goto(`${opened.origin}/#/runs?${query}`);
      await (count === 0 ? page.getByText("No run fits these filters.") : messages.nth(count - 1)).waitFor();
    }
  },
);

inBrowser("a page holds fifty runs and leads to earlier ones", async (browser) => {
  const user = await newUser();
  await answered(user, "the first of all");
  await sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`insert into agent_runs (id, user_id, session_id, request, status, lease_expires_at, created_at, finished_at)
      select gen_random_uuid(), user_id, session_id, jsonb_build_object('message', 'run ' || n), 'completed', now(),
        now() + n * interval '1 ms', now() + interval '1 minute'
      from agent_runs cross join generate_series(1, 60) n where user_id = ${user.id}`;
  });
  await using opened = await openConsole(browser, { user, hash: "#/runs" });
  const { page } = opened;
  const messages = page.locator("td.run-message");
  await messages.nth(49).waitFor();
  assert.equal(await messages.count(), 50);
  assert.deepEqual(await messages.first().innerText(), "run 60");
  await page.getByRole("link", { name: "Earlier" }).click();
  await page.getByRole("main").getByRole("link", { name: "the first of all" }).waitFor();
  assert.equal(await messages.count(), 11);
  assert.match(page.url(), /before=/);
  await page.getByRole("link", { name: "Newest" }).click();
  await messages.nth(49).waitFor();
});

inBrowser(
  "a run that has not ended is read again each 5 s while somebody looks, and never otherwise",
  async (browser) => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [{ text: "Yes.", hold: "answer" }]);
    const turn = chat(user, { message: "slow" });
    await script.reached("answer");
    await using opened = await openConsole(browser, { user, hash: "#/runs" });
    const { page } = opened;
    await page.clock.install();
    await page.reload();
    await page.locator(".run-state", { hasText: "running" }).waitFor();
    await page.locator("td[data-name=Writes]", { hasText: "0" }).waitFor();
    const asked: string[] = [];
    page.on(
      "request",
      (request) => void (/agent_runs\?.*id=in/.test(request.url()) && asked.push(request.url())),
    );
    const hide = (hidden: boolean) =>
      page.evaluate(`Object.defineProperty(document, "hidden", { value: ${hidden}, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"))`);
    await hide(true);
    await page.clock.runFor(60_000);
    assert.deepEqual(asked, [], "nobody looks");
    await script.release("answer");
    await turn;
    await hide(false);
    await page.locator(".run-state", { hasText: "completed" }).waitFor();
    assert.equal(asked.length, 1);
    await page.clock.runFor(60_000);
    assert.equal(asked.length, 1, "a run that has ended does not change");
  },
);

inBrowser("a run that waits is cancelled from the list, and says so", async (browser) => {
  const user = await newUser();
  const { data: loan } = await user.client.from("loans").insert({ borrower: "Ada" }).select("id").single();
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "cancel_loan", arguments: { loan_id: loan?.id ?? 0 } }] },
  ]);
  const { run_id } = await askedRun(user);
  await using opened = await openConsole(browser, { user, hash: "#/runs" });
  const { page } = opened;
  await page.locator(".run-state", { hasText: "waits for you" }).waitFor();
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await page.locator(".run-state", { hasText: "cancelled" }).waitFor();
  const { data } = await user.client.from("agent_runs").select("status").eq("id", run_id).single();
  assert.equal(data?.status, "cancelled");
});

inBrowser("a run that nobody works on is resumed from its trace's list", async (browser) => {
  const user = await newUser();
  const [run_id = ""] = await answered(user, "left alone");
  await sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`update agent_runs set status = 'running', finished_at = null,
      lease_expires_at = now() - interval '1 minute' where id = ${run_id}`;
  });
  await using opened = await openConsole(browser, { user, hash: "#/runs" });
  const { page } = opened;
  await page.locator(".run-state", { hasText: "nobody works on it" }).waitFor();
  const sent = page.waitForRequest((request) => request.url().endsWith(`/runs/${run_id}/resume`));
  await page.getByRole("button", { name: "Resume" }).click();
  assert.equal((await sent).method(), "POST");
});

inBrowser("who has no runs is told what one is and how to begin", async (browser) => {
  const user = await newUser();
  await using opened = await openConsole(browser, { user, hash: "#/runs" });
  await opened.page.getByText("No runs yet.").waitFor();
  await opened.page.getByRole("link", { name: "Send a message" }).click();
  await opened.page.waitForURL(/#\/chat\/new$/);
});
