import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Sql } from "postgres";
import { openConsole } from "../support/browser/console_page.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { scriptModel } from "../support/models/script.ts";
import { chat } from "../support/stack/calling.ts";
import { database, newUser } from "../support/stack/stack.ts";

let sql: Sql;
Deno.test.beforeAll(() => void (sql = database()));
Deno.test.afterAll(() => sql.end());

/** What the menu `of` puts on the clipboard for `name`. */
async function copied(page: Page, of: "page" | "row", name: string): Promise<string> {
  const menus = page.getByRole("button", { name: /^(Copy as|Copied as .*|Link copied)$/ });
  await (of === "page" ? menus.first() : menus.last()).click();
  await page.getByRole("menuitem", { name }).click();
  await page.getByRole("status").filter({ hasText: name === "Link" ? "Link copied" : `Copied as ${name}` })
    .first()
    .waitFor();
  return String(await page.evaluate("navigator.clipboard.readText()"));
}

inBrowser("what is copied runs as it is and gives the row, and never holds the token", async (browser) => {
  const user = await newUser();
  await using _ = await scriptModel(user.id, [
    { tool_calls: [{ name: "list_books", arguments: { query: "it's $HOME" } }] },
    { text: "None." },
  ]);
  const { state } = await chat(user, { message: "Which books?" });
  const { data: call } = await user.client.from("agent_tool_calls").select("id").single();
  const hash = `#/runs/${state.run_id}?sel=${call?.id}`;
  const permissions = ["clipboard-read", "clipboard-write"];
  await using opened = await openConsole(browser, { user, hash, permissions });
  const { page, origin } = opened;
  await page.getByRole("heading", { name: "list_books" }).waitFor();

  for (
    const [of, table, id] of [["page", "agent_runs", state.run_id], [
      "row",
      "agent_tool_calls",
      call?.id,
    ]] as const
  ) {
    const curl = await copied(page, of, "curl");
    assert(curl.includes("$TOKEN") && !curl.includes(user.token.slice(0, 20)));
    const { stdout, stderr } = await new Deno.Command("bash", {
      args: ["-c", curl.replace(/^curl/, "curl --silent --show-error")],
      env: { TOKEN: user.token },
    }).output();
    const [read, ...others] = JSON.parse(
      new TextDecoder().decode(stdout) || new TextDecoder().decode(stderr),
    );
    assert.deepEqual([read.id, others], [id, []]);

    const text = await copied(page, of, "SQL");
    const rows = await sql.unsafe(text);
    assert.deepEqual(rows.map((row) => row.id), [id]);

    const program = await copied(page, of, "supabase-js");
    assert.match(
      program,
      new RegExp(`\\.from\\("${table}"\\)\\s+\\.select\\(\\)\\s+\\.eq\\("id", "${id}"\\)\\s+\\.single`),
    );
    const run = new Function("supabase", `return (async () => { ${program} return { data, error }; })()`);
    const { data, error } = await run(user.client);
    assert.deepEqual([data?.id, error], [id, null]);
  }

  const link = await copied(page, "page", "Link");
  assert.equal(link, `${origin}/${hash}`);
  await page.goto("about:blank");
  await page.goto(link);
  await page.getByRole("heading", { name: "list_books" }).waitFor();
});

inBrowser(
  "the menu is walked with arrows and left with Escape, and says by hand what can't be copied",
  async (browser) => {
    const user = await newUser();
    await using _ = await scriptModel(user.id, [{ text: "Hello." }]);
    const { state } = await chat(user, { message: "Hello" });
    await using opened = await openConsole(browser, { user, hash: `#/runs/${state.run_id}` });
    const { page } = opened;
    const button = page.getByRole("button", { name: "Copy as" });
    await button.focus();
    await page.keyboard.press("Enter");
    const focused = (name: string) =>
      page.getByRole("menuitem", { name }).and(page.locator(":focus")).waitFor();
    await focused("curl");
    await page.keyboard.press("ArrowUp");
    await focused("Link");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await focused("supabase-js");
    await page.keyboard.press("Escape");
    await button.and(page.locator(":focus")).waitFor();
    assert.equal(await page.getByRole("menuitem").count(), 0);

    await page.evaluate(`Object.defineProperty(navigator, "clipboard", {
    value: { writeText: () => Promise.reject(new Error("not allowed")) } })`);
    await button.click();
    await page.getByRole("menuitem", { name: "SQL" }).click();
    const text = await page.getByLabel("Text to copy").inputValue();
    assert.equal(text, `select * from public.agent_runs where id = '${state.run_id}';`);
  },
);
