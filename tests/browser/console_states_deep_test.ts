// What the chat does when something is refused, away, or over.
import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { cuttingProxy } from "../support/browser/cutting_proxy.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import { openPage } from "../support/browser/open_page.ts";
import { buildConsole, say, serveTestConsole, signIn } from "../support/browser/test_console.ts";
import { serveFiles } from "../support/browser/serve_static.ts";
import { scriptModel } from "../support/models/script.ts";
import { callFunction } from "../support/stack/calling.ts";
import { withClaims } from "../support/stack/signed_token.ts";
import { database, newUser, testStack } from "../support/stack/stack.ts";

const REFUSED = [/status of 4\d\d/, /ERR_/];

async function sessionOf(page: Page): Promise<string> {
  await page.waitForURL(/#\/chat\/[0-9a-f-]{36}/);
  return new URL(page.url()).hash.split("/")[2] ?? "";
}

inBrowser(
  "a run of another tab is followed, and the message that it stood in the way of is kept",
  async (browser) => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [
      { text: "The first." },
      { text: "From elsewhere.", hold: "elsewhere" },
    ]);
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin, { expected: REFUSED });
    const { page } = opened;
    await signIn(page, user);
    await say(page, "Hello");
    await page.waitForSelector(".turn-facts");
    const session_id = await sessionOf(page);
    const other = callFunction(user, "agent-planner", { body: { message: "Said elsewhere", session_id } });
    await script.reached("elsewhere");
    await say(page, "Said here");
    await page.waitForSelector("text=Another run is under way");
    assert.equal(await page.inputValue("textarea"), "Said here");
    assert.deepEqual(await page.locator(".user-text").allInnerTexts(), ["Hello", "Said elsewhere"]);
    await script.release("elsewhere");
    await page.waitForSelector("text=From elsewhere.");
    await (await other).body?.cancel();
  },
);

inBrowser(
  "beyond a quota the server's sentence stands there with a countdown, and the text is not lost",
  async (browser) => {
    const user = await newUser();
    await using _script = await scriptModel(user.id, [{ text: "One." }]);
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin, { expected: REFUSED });
    const { page } = opened;
    await signIn(page, user);
    await say(page, "Hello");
    await page.waitForSelector(".turn-facts");
    const sql = database();
    await sql.begin(async (sql) => {
      await sql`set local session_replication_role = replica`;
      await sql`update public.usage_settlements set input_tokens = 1000000000 where user_id = ${user.id}`;
    });
    await sql.end();
    await say(page, "And again");
    await page.waitForSelector(".refusal");
    assert.match(await page.locator(".refusal button").first().innerText(), /^Retry in \d+ (s|min)/);
    assert.notEqual(await page.locator(".refusal [role=alert]").innerText(), "");
    await page.click(".refusal button:last-child");
    await page.waitForSelector(".composer-foot button:enabled");
    await page.waitForSelector(".composer-foot button:enabled");
    assert.equal(await page.inputValue("textarea"), "And again");
    assert.equal(await page.locator(".user-text").count(), 1);
  },
);

inBrowser("what is not there says so, and leads back", async (browser) => {
  const user = await newUser();
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, `${site.origin}/#/chat/${crypto.randomUUID()}`, {
    expected: REFUSED,
  });
  const { page } = opened;
  await signIn(page, user);
  await page.waitForSelector("text=There is no such conversation.");
  await page.goto(`${site.origin}/#/nowhere`);
  await page.waitForSelector("text=There is no such page");
});

inBrowser(
  "without a connection a message waits under its key, and is sent once when there is one",
  async (browser) => {
    const user = await newUser();
    await using _script = await scriptModel(user.id, [{ text: "It came through." }]);
    await using site = await serveTestConsole();
    await using opened = await openPage(browser, site.origin, { expected: REFUSED });
    const { page } = opened;
    await signIn(page, user);
    await page.context().setOffline(true);
    await say(page, "Hello");
    await page.waitForSelector(".sending");
    await page.waitForSelector("text=No connection");
    await page.context().setOffline(false);
    await page.waitForSelector("text=It came through.");
    const { count } = await user.client.from("agent_runs").select("*", { count: "exact", head: true });
    assert.equal(count, 1);
  },
);

inBrowser(
  "a session that expires in mid-run asks for a sign-in over the page: draft, text and scroll stay, the run goes on",
  async (browser) => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [
      { text: "I look.", tool_calls: [{ name: "list_books", arguments: {} }] },
      { text: "None at all.", hold: "answer" },
    ]);
    await using proxy = await cuttingProxy(testStack().url);
    await using site = await serveTestConsole(proxy.url);
    await using opened = await openPage(browser, site.origin, { expected: REFUSED });
    const { page } = opened;
    await signIn(page, user);
    await say(page, "Which books do I have?");
    await script.reached("answer");
    await page.waitForSelector(".call");
    await page.fill("textarea", "half a thought");
    const expired = withClaims(user.token, { exp: 1_700_000_000 });
    await page.evaluate(`(() => {
    const kept = JSON.parse(sessionStorage.getItem("agent-console.session"));
    Object.assign(kept, { access_token: ${
      JSON.stringify(expired)
    }, refresh_token: "gone", expires_at: 1700000000 });
    sessionStorage.setItem("agent-console.session", JSON.stringify(kept));
  })()`);
    proxy.cutAll();
    await page.waitForSelector("text=Your session has expired");
    assert.equal(await page.inputValue("textarea"), "half a thought");
    assert.equal(await page.locator(".call").count(), 1);
    await page.fill(".over input[name=password]", user.password);
    await page.click(".over button[type=submit]");
    await page.waitForSelector(".over", { state: "detached" });
    await script.release("answer");
    await page.waitForSelector("text=None at all.");
    assert.equal(await page.inputValue("textarea"), "half a thought");
    assert.equal(await page.locator(".user-text").count(), 1);
  },
);

inBrowser("hostile text is text: no element, no request, no dialog", async (browser) => {
  const user = await newUser();
  const hostile = [
    `<img src=x onerror="alert(1)"><script>alert(2)</script><iframe src="https://evil.example"></iframe>`,
    `![pixel](https://evil.example/p.png) [run](javascript:alert(3)) [data](data:text/html,x) [rel](//evil.example/x)`,
    `<style>body{display:none}</style><a href="https://evil.example" onclick="alert(4)">x</a>`,
    "[the bank](https://evil.example/login)",
  ].join("\n\n");
  await using _script = await scriptModel(user.id, [
    { text: hostile, tool_calls: [{ name: "list_books", arguments: { query: hostile } }] },
    { text: hostile },
  ]);
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin);
  const { page } = opened;
  page.on("dialog", () => assert.fail("a dialog was opened"));
  await signIn(page, user);
  await say(page, hostile);
  await page.waitForSelector(".turn-facts");
  const made = page.locator(".turns :is(img, script, iframe, style, object, embed, [onclick], [onerror])");
  assert.equal(await made.count(), 0);
  const links = await page.evaluate(
    "[...document.querySelectorAll('.markdown a')].map(({ href, rel, target }) => [href, rel, target])",
  );
  assert.deepEqual(links, [["https://evil.example/login", "noopener noreferrer nofollow", "_blank"]]);
  assert.match(await page.locator(".markdown").innerText(), /the bank \(evil\.example\)/);
});

inBrowser("no screen of the chat is wider than the window, down to 320 pixels", async (browser) => {
  const user = await newUser();
  const wide =
    `| ${"column | ".repeat(12)}\n| ${"--- | ".repeat(12)}\n| ${"value | ".repeat(12)}\n\n${
      "x".repeat(400)
    }\n\n` +
    "```\n" + "y".repeat(400) + "\n```";
  await using _script = await scriptModel(user.id, [{ text: wide }]);
  await using site = await serveTestConsole();
  await using opened = await openPage(browser, site.origin);
  const { page } = opened;
  const fits = async (screen: string) => {
    for (const width of [320, 390, 768, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      assert.equal(
        await page.evaluate("document.documentElement.scrollWidth"),
        width,
        `${screen} at ${width}`,
      );
      const beyond =
        "[...document.querySelectorAll('main, .page-head, .chat-main, .composer, .turns-inner, .sign-in')]" +
        `.filter((one) => one.getBoundingClientRect().right > ${width} + 0.5).map((one) => one.className)`;
      assert.deepEqual(await page.evaluate(beyond), [], `${screen} at ${width}`);
    }
  };
  await fits("sign-in");
  await signIn(page, user);
  await page.waitForSelector(".new-chat");
  await fits("new conversation");
  await say(page, "Say something wide");
  await page.waitForSelector(".turn-facts");
  await fits("conversation");
});

inBrowser("the files work on a bare static host, below a path", async (browser) => {
  const user = await newUser();
  const { url, publishable_key } = testStack();
  const files = await buildConsole({ url, publishable_key });
  const text = new TextDecoder();
  await using site = serveFiles(
    Object.fromEntries([...files].map(([name, content]) => [`/some/where/${name}`, text.decode(content)])),
  );
  await using opened = await openPage(browser, `${site.origin}/some/where/#/usage`);
  await signIn(opened.page, user);
  assert.equal(opened.page.url(), `${site.origin}/some/where/#/usage`);
});
