// What holds for every page of runs: nobody is kept out, nothing scrolls sideways, text stays text.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Sql } from "postgres";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { seriousFindings } from "../support/browser/axe.ts";
import { openConsole } from "../support/browser/console_page.ts";
import { HOSTILE } from "../support/browser/hostile_text.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { scriptModel } from "../support/models/script.ts";
import { chat } from "../support/stack/calling.ts";
import { database, newUser, type TestUser } from "../support/stack/stack.ts";

let sql: Sql;
Deno.test.beforeAll(() => void (sql = database()));
Deno.test.afterAll(() => sql.end());

/** A run in which everything that a model, a tool or a user says would like to be more than text. */
async function hostileRun(user: TestUser): Promise<string> {
  const { error } = await user.client.from("books").insert({
    title: HOSTILE.slice(0, 190).replaceAll("\n", " "),
  });
  if (error) throw error;
  await using _ = await scriptModel(user.id, [
    planTurn([{ step_number: 1, title: HOSTILE.slice(0, 110) }], HOSTILE.slice(0, 400)),
    { when: onStep(1), text: HOSTILE, tool_calls: [{ name: "list_books", arguments: {} }] },
    submitTurn(1, { summary: HOSTILE, data: { [HOSTILE.slice(0, 60)]: HOSTILE } }),
    answerTurn(HOSTILE),
  ]);
  const { state } = await chat(user, { message: HOSTILE });
  return state.run_id;
}

/** The addresses of the trace with each kind of row selected, each tab open, and of the other pages. */
async function addresses(user: TestUser, run_id: string): Promise<string[]> {
  const id = async (table: "agent_executions" | "agent_tool_calls" | "agent_plans") =>
    (await user.client.from(table).select("id").eq("run_id", run_id).limit(1)).data?.[0]?.id;
  const [call] = await sql`select id from usage_ledger where run_id = ${run_id} and model_calls > 0
    and id <> ${run_id} order by started_at desc limit 1`;
  const rows = {
    run: ["run", "row"],
    [await id("agent_plans") ?? ""]: ["plan", "row"],
    [await id("agent_executions") ?? ""]: ["step", "row"],
    [await id("agent_tool_calls") ?? ""]: ["arguments", "result", "row"],
    [call?.id]: ["answer", "prompt", "row"],
  };
  const trace = Object.entries(rows).flatMap(([row, tabs]) =>
    tabs.map((tab) => `#/runs/${run_id}?hide=none&sel=${row}&tab=${tab}`)
  );
  return [`#/runs/${run_id}`, ...trace, "#/runs", "#/runs?status=failed", "#/usage"];
}

/** Goes there, and waits until what is read is there. */
async function visit(page: Page, origin: string, hash: string): Promise<void> {
  await page.goto(`${origin}/${hash}`);
  await page.locator("[role=treeitem], .run-table, .usage-table, .empty .button").first().waitFor();
  if (hash.includes("sel=")) await page.locator(".detail").waitFor();
  await page.locator(".loading, .empty .spinner").first().waitFor({ state: "detached" });
}

inBrowser(
  "text of models, tools and users is text in every tab of a trace, in lists and in titles",
  async (browser) => {
    const user = await newUser();
    const run_id = await hostileRun(user);
    // What the page asks of elsewhere, runs, or is refused by its policy fails the test when it is closed.
    await using opened = await openConsole(browser, { user, hash: "#/runs" });
    const { page, origin } = opened;
    page.on("dialog", (dialog) => assert.fail(`a dialog: ${dialog.message()}`));
    for (const hash of await addresses(user, run_id)) {
      await visit(page, origin, hash);
      const elements = page.locator(
        "main :is(img, script, iframe, style, object, embed, form[action], base, meta)",
      );
      assert.equal(await elements.count(), 0, hash);
      assert.equal(await page.locator('main a:not([href^="#/"])').count(), 0, hash);
    }
    await visit(page, origin, `#/runs/${run_id}?sel=run`);
    assert.match(await page.locator(".detail").innerText(), /<script>alert\("script"\)<\/script>/);
  },
);

for (const colorScheme of ["light", "dark"] as const) {
  inBrowser(
    `axe-core finds nothing serious in a trace, its tabs, the runs and the usage in the ${colorScheme}`,
    async (browser) => {
      const user = await newUser();
      const run_id = await hostileRun(user);
      await using opened = await openConsole(browser, {
        user,
        hash: "#/runs",
        colorScheme,
        reducedMotion: "reduce",
      });
      const { page, origin } = opened;
      const findings: string[] = [];
      for (const hash of await addresses(user, run_id)) {
        await visit(page, origin, hash);
        for (const finding of await seriousFindings(page)) {
          findings.push(`${hash.replace(/.*\?/, "")} ${finding}`);
        }
        const moving = await page.evaluate(
          "document.getAnimations().filter(({ playState }) => playState === 'running').length",
        );
        assert.equal(moving, 0, "nothing moves for who asks for that");
      }
      assert.deepEqual(findings, []);
    },
  );
}

for (const width of [320, 390, 768, 1280]) {
  inBrowser(`no page scrolls sideways at ${width} px`, async (browser) => {
    const user = await newUser();
    const run_id = await hostileRun(user);
    const viewport = { width, height: 800 };
    await using opened = await openConsole(browser, {
      user,
      hash: "#/runs",
      viewport,
      hasTouch: width < 700,
    });
    const { page, origin } = opened;
    for (const hash of await addresses(user, run_id)) {
      await visit(page, origin, hash);
      const wider = await page.evaluate(
        `[document.documentElement, document.body, document.querySelector("main"),
        ...document.querySelectorAll(".waterfall, .tab-panel, .usage, .runs")]
        .filter((element) => element && element.scrollWidth > element.clientWidth + 1)
        .map((element) => element.className || element.tagName)`,
      );
      assert.deepEqual(wider, [], `${hash} at ${width} px`);
    }
  });
}
