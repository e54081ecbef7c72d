// Older messages of a long conversation.
import assert from "node:assert/strict";
import { inBrowser } from "../support/browser/in_browser.ts";
import { openPage } from "../support/browser/open_page.ts";
import { storeRecordedRun } from "../support/browser/recorded_run.ts";
import { serveTestConsole, signIn } from "../support/browser/test_console.ts";
import { goldenEvents } from "../console/golden_events.ts";
import { database, newUser } from "../support/stack/stack.ts";

const FRAMES = "new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(() => seen())))";

inBrowser(
  "what is older comes as its reader scrolls up, and what is read stays in its place",
  async (browser) => {
    const user = await newUser();
    const { session_id } = await storeRecordedRun(user, {
      title: "The first",
      events: goldenEvents().get("simple") ?? [],
      answer: "Answered.",
    });
    const sql = database();
    await sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      await sql`insert into public.chat_messages (user_id, session_id, role, content, seq, created_at)
      select ${user.id}, ${session_id}, 'user', 'Message ' || n || repeat(e'\nline', n % 5), n, now() + n * interval '1 s'
      from generate_series(3, 160) n`;
    });
    await sql.end();
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin);
    const { page } = opened;
    await signIn(page, user);
    await page.goto(`${site.origin}/#/chat/${session_id}`);
    await page.waitForSelector("text=Message 160");
    await page.evaluate(FRAMES);
    const top = async (words: string) =>
      Number(
        await page.evaluate(
          `[...document.querySelectorAll(".user-text")].find((one) => one.textContent.split("\\n")[0] === ${
            JSON.stringify(words)
          }).getBoundingClientRect().top`,
        ),
      );
    const said = page.locator(".user-text");
    const first = (await said.first().innerText()).split("\n")[0] ?? "";
    await page.evaluate("document.querySelector('.turns').scrollTop = 200");
    const before = await top(first);
    await said.nth(50).waitFor();
    await page.evaluate(FRAMES);
    const moved = await top(first) - before;
    assert.ok(Math.abs(moved) <= 1, `"${first}" moved by ${moved} px`);
  },
);
