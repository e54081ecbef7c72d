import assert from "node:assert/strict";
import type { Locator, Page } from "playwright-core";
import type { Sql } from "postgres";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { openConsole } from "../support/browser/console_page.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { scriptModel } from "../support/models/script.ts";
import { chat } from "../support/stack/calling.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";
import { manySpans } from "../support/browser/many_spans.ts";

let sql: Sql;
Deno.test.beforeAll(() => void (sql = database()));
Deno.test.afterAll(() => sql.end());

const MESSAGE = "Write about Emma";

/** A run with a plan, two executors at once, a write, and an answer. */
async function plannedRun(user: TestUser): Promise<string> {
  const { data: book } = await user.client.from("books").insert({ title: "Emma" }).select("id").single();
  await using _ = await scriptModel(user.id, [
    planTurn([
      { step_number: 1, tools: ["list_books"] },
      { step_number: 2, tools: ["list_loans"] },
      { step_number: 3, executor_required: false, tools: ["update_book"], depends_on: [1, 2] },
    ]),
    { when: onStep(1), tool_calls: [{ name: "list_books", arguments: { query: "emma" } }] },
    submitTurn(1, { data: { book_id: book?.id } }),
    submitTurn(2),
    {
      when: onStep(3),
      tool_calls: [{
        name: "update_book",
        arguments: { book_id: book?.id ?? "", updates: { notes: "Fresh" } },
      }],
    },
    submitTurn(3),
    answerTurn("Emma has fresh notes."),
  ]);
  const { state } = await chat(user, { message: MESSAGE });
  assert.equal(state.status, "completed");
  return state.run_id;
}

interface Drawn {
  id: string;
  level: number;
  /** In milliseconds from the start, as the bar stands. */
  start: number;
  end: number;
}

/** What the rows show, of a run that took so long. */
async function drawnRows(page: Page, run_ms: number): Promise<Drawn[]> {
  const rows: { id: string; level: string; left: string; width: string }[] = await page.evaluate(`
    [...document.querySelectorAll("[role=treeitem]")].map((row) => {
      const { left, width } = row.querySelector(".bar").style;
      return { id: row.dataset.id, level: row.ariaLevel ?? row.getAttribute("aria-level"), left, width };
    })`);
  return rows.map(({ id, level, left, width }) => {
    const start = Number.parseFloat(left) / 100 * run_ms;
    return { id, level: Number(level), start, end: start + Number.parseFloat(width) / 100 * run_ms };
  });
}

inBrowser("a trace equals the rows: each once, in order, from start to end", async (browser) => {
  const user = await newUser();
  const run_id = await plannedRun(user);
  const rows = await sql<{ id: string; depth: number; started: Date; ended: Date }[]>`
    with run as (select * from agent_runs where id = ${run_id})
    select 'run' as id, 1 as depth, created_at as started, finished_at as ended from run
    union all select id::text, 2, created_at, finished_at from agent_plans where run_id = ${run_id}
    union all select id::text, 3, created_at, finished_at from agent_executions where run_id = ${run_id}
    union all select l.id::text, case when t.step_number is null then 2 else 4 end, l.started_at,
        l.started_at + l.duration_ms * interval '1 ms'
      from usage_ledger l join agent_chat_sessions t on t.id = l.agent_session_id
      where l.run_id = ${run_id} and l.model_calls > 0
    union all select c.id::text, case when t.step_number is null then 2 else 4 end, c.created_at, c.finished_at
      from agent_tool_calls c join agent_chat_sessions t on t.id = c.agent_session_id where c.run_id = ${run_id}`;
  const run = rows.find(({ id }) => id === "run") ?? assert.fail("the run has no row");
  const run_ms = run.ended.getTime() - run.started.getTime();

  await using opened = await openConsole(browser, { user, hash: `#/runs/${run_id}?hide=none` });
  const { page } = opened;
  await page.locator("[role=treeitem]").first().waitFor();
  const drawn = await drawnRows(page, run_ms);

  assert.deepEqual(drawn.map(({ id }) => id).sort(), rows.map(({ id }) => id).sort());
  for (const { id, level, start, end } of drawn) {
    const row = rows.find((one) => one.id === id) ?? assert.fail();
    assert.equal(level, row.depth);
    const [from, to] = [row.started, row.ended].map((at) => at.getTime() - run.started.getTime());
    assert(Math.abs(start - (from ?? 0)) <= 2, `${id} begins at ${start}, not ${from}`);
    assert(Math.abs(end - (to ?? 0)) <= 2, `${id} ends at ${end}, not ${to}`);
  }
  // Of the same parent, what began earlier stands above; steps stand in the order of their numbers.
  const tops = drawn.filter(({ level }) => level === 2).map(({ start }) => start);
  assert.deepEqual(tops, tops.toSorted((a, b) => a - b));
  const titles = await page.locator("[role=treeitem][aria-level='3'] .span-name").allInnerTexts();
  assert.deepEqual(titles, ["1 Step 1", "2 Step 2", "3 Step 3"]);
  const facts = await page.locator(".facts").innerText();
  assert.match(facts, /Tool calls\s+2\s+1 write/);
});

inBrowser("what the planner and the executors hand in is left out until it is asked for", async (browser) => {
  const user = await newUser();
  const run_id = await plannedRun(user);
  await using opened = await openConsole(browser, { user, hash: `#/runs/${run_id}` });
  const { page } = opened;
  const names = page.locator(".span-name", { hasText: /^(create_plan|submit_result)$/ });
  await page.locator("[role=treeitem]").first().waitFor();
  assert.equal(await names.count(), 0);
  await page.getByRole("button", { name: "Hand-ins" }).click();
  await names.first().waitFor();
  assert.equal(await names.count(), 4);
  assert.match(page.url(), /hide=none/);
  await page.reload();
  await names.first().waitFor();
});

/** Waits until it has the focus. */
async function focused(one: Locator): Promise<void> {
  await one.and(one.page().locator(":focus")).waitFor();
}

inBrowser(
  "a trace is walked with the keyboard alone: rows, folds, the detail and back, and found",
  async (browser) => {
    const user = await newUser();
    const run_id = await plannedRun(user);
    await using opened = await openConsole(browser, { user, hash: `#/runs/${run_id}` });
    const { page } = opened;
    const tree = page.getByRole("tree");
    await page.locator("[role=treeitem]").first().waitFor();
    const tabbed = async () => {
      for (let presses = 0; presses < 40; presses++) {
        await page.keyboard.press("Tab");
        if (await tree.and(page.locator(":focus")).count() === 1) return;
      }
      assert.fail("the tree is no tab stop");
    };
    const selected = (name: string, more = "") =>
      page.getByRole("treeitem", { selected: true, name: new RegExp(`^${name}.*${more}`) }).waitFor();
    const items = page.locator("[role=treeitem]");
    const counted = async (count: number) => {
      await items.nth(count).waitFor({ state: "detached" });
      await items.nth(count - 1).waitFor();
    };

    await tabbed();
    await page.keyboard.press("Home");
    await selected("Write about Emma", "completed");
    await page.keyboard.press("j");
    await selected("model call 1", "completed");
    await page.keyboard.press("ArrowDown");
    await selected("plan: Do it");
    const all = await page.locator("[role=treeitem]").count();
    await page.keyboard.press("ArrowLeft");
    await counted(4);
    assert.equal(await page.locator("[role=treeitem][aria-expanded=false]").count(), 1);
    await page.keyboard.press("ArrowRight");
    await counted(all);
    await page.keyboard.press("End");
    await selected("model call 2");
    await page.keyboard.press("k");
    await page.keyboard.press("ArrowUp");
    await selected("update_book", "writes, done");
    assert.equal(
      await tree.getAttribute("aria-activedescendant"),
      await page.locator("[aria-selected=true][role=treeitem]").getAttribute("id"),
    );

    await page.keyboard.press("Enter");
    const heading = page.getByRole("heading", { name: "update_book of step 3" });
    await focused(heading);
    for (let presses = 0; presses < 2; presses++) await page.keyboard.press("Tab");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowRight");
    await page.getByRole("cell", { name: "Fresh" }).waitFor();
    await page.keyboard.press("Escape");
    await focused(tree);

    await page.waitForURL(/sel=.*tab=changes|tab=changes.*sel=/);
    await page.reload();
    await page.getByRole("cell", { name: "Fresh" }).waitFor();

    await page.keyboard.press("/");
    await page.keyboard.type("list_");
    await page.getByText("1 row", { exact: true }).waitFor();
    assert.deepEqual(await page.locator(".span-name").allInnerTexts(), [
      ...[MESSAGE, "plan: Do it", "1 Step 1", "list_books"],
    ]);
    await page.keyboard.press("Escape");
    await counted(all);
  },
);

inBrowser(
  "a run under way is drawn from its events, and once from its rows when it has ended",
  async (browser) => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [
      planTurn([{ step_number: 1 }, { step_number: 2 }]),
      { when: onStep(1), tool_calls: [{ name: "list_books", arguments: {} }] },
      { ...submitTurn(1), hold: "step 1" },
      { ...submitTurn(2), hold: "step 2" },
      answerTurn("Two things were looked at."),
    ]);
    const turn = chat(user, { message: MESSAGE });
    await Promise.all([script.reached("step 1"), script.reached("step 2")]);
    const { data: run } = await user.client.from("agent_runs").select("id").single();

    await using opened = await openConsole(browser, { user, hash: `#/runs/${run?.id}` });
    const { page } = opened;
    const asked: string[] = [];
    page.on("request", (request) => void asked.push(new URL(request.url()).pathname));
    const open = page.locator("[role=treeitem]", { hasText: "model call" }).filter({
      has: page.locator(".bar.open"),
    });
    await open.nth(1).waitFor();
    assert.equal(await open.count(), 2, "two executors are in a model call at once");
    assert.match(await page.locator("h1 ~ * .pill").innerText(), /running/);
    await page.getByRole("treeitem", { name: /^list_books.*reads, done/ }).waitFor();
    await open.first().click();
    await page.getByRole("heading", { name: /^Model call \d of step \d$/ }).waitFor();
    const before = await page.locator(".detail h2").innerText();
    const tables = () => asked.filter((path) => path.endsWith("/agent_tool_calls"));
    assert.deepEqual(tables(), [], "no row is read while events tell");

    await script.release("step 1");
    await script.release("step 2");
    await turn;
    await page.locator("h1 ~ * .pill", { hasText: "completed" }).waitFor();
    await page.getByText("First token").waitFor();
    assert.equal(
      await page.locator(".detail h2").innerText(),
      before,
      "what was selected still is, now with its row",
    );
    assert.equal(await open.count(), 0);
    assert.equal(tables().length, 1);
  },
);

inBrowser(
  "a run that is not there, not the user's, or no id at all is told of with a way out",
  async (browser) => {
    const [user, other] = [await newUser(), await newUser()];
    const theirs = await plannedRun(other);
    await using opened = await openConsole(browser, { user, hash: `#/runs/${theirs}` });
    for (const id of [theirs, crypto.randomUUID(), "no-id"]) {
      await opened.page.goto(`${opened.origin}/#/runs/${id}`);
      await opened.page.getByText("There is no such run.").waitFor();
      await opened.page.getByRole("link", { name: "See all runs" }).waitFor();
    }
  },
);

inBrowser("of 5,000 rows at most 60 stand in the page, wherever one is", async (browser) => {
  const user = await newUser();
  const run_id = await plannedRun(user);
  await manySpans(sql, run_id, 5_000);
  await using opened = await openConsole(browser, { user, hash: `#/runs/${run_id}` });
  const { page } = opened;
  await page.locator("[role=treeitem]").first().waitFor();
  const standing = () => page.locator("[role=treeitem]").count();
  assert(await standing() <= 60);
  await page.getByRole("tree").focus();
  for (const key of ["End", "PageUp", "Home", "PageDown"]) {
    await page.keyboard.press(key);
    await page.locator("[aria-selected=true][role=treeitem]").waitFor();
    assert(await standing() <= 60, `after ${key} ${await standing()} rows stand there`);
  }
  await page.keyboard.press("End");
  const last = page.locator("[aria-selected=true][role=treeitem]");
  await last.waitFor();
  assert(await last.isVisible());
  await page.getByLabel("Find in the rows").fill("spare_tool_4999");
  await page.getByText("1 row", { exact: true }).waitFor();
});
