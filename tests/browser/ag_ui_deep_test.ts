// `examples/ag-ui` in a real browser, from another origin than the stack's: stock `HttpAgent` over our routes.
import assert from "node:assert/strict";
import { answerTurn, onStep, planTurn, submitTurn } from "../support/agents/plans.ts";
import { cuttingProxy } from "../support/browser/cutting_proxy.ts";
import { installExample } from "../support/browser/example.ts";
import { type ExampleOptions, openExample, wearOut } from "../support/browser/example_page.ts";
import { assertHarmless, HOSTILE } from "../support/browser/hostile_text.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import type { Browser } from "../support/browser/launch_browser.ts";
import { lengthenLog } from "../support/browser/long_log.ts";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, lend } from "../support/stack/asking.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { shortLivedFunctions } from "../support/short_lived/open_short_lived_functions.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { test } from "../support/test.ts";

// Fetched before the tests begin, so that no test's patience depends on the line.
const example = await installExample("ag-ui");
const open = (browser: Browser, options: ExampleOptions) => openExample(browser, example, options);

test("examples/ag-ui passes its own strict type check, and is bundled", async () => {
  const { files } = await example.build();
  assert.ok("/index.html" in files);
});

/** A plan of two steps, which executors do, a call of the planner's and an answer. */
function planScript(user: TestUser) {
  return scriptModel(user.id, [
    { text: "I make a plan.", ...planTurn([{ step_number: 1, tools: ["list_books"] }, { step_number: 2 }]) },
    { when: onStep(1), tool_calls: [{ name: "list_books", arguments: {} }] },
    submitTurn(1),
    submitTurn(2),
    { tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    answerTurn("Emma is on the **list**, and that is all."),
  ]);
}

/** A call of a tool, and an answer that waits until it is let go. */
function heldScript(user: TestUser) {
  return scriptModel(user.id, [
    { text: "Let me look.", tool_calls: [{ name: "list_books", arguments: {} }] },
    { text: "There are none.", hold: "answer" },
  ]);
}

inBrowser(
  "a plan, executors' calls and text are shown as they come, and the texts after a reload",
  async (browser) => {
    const user = await newUser();
    await using _script = await planScript(user);
    await using page = await open(browser, { user });
    await page.send("Add Emma");
    await page.says("and that is all.");
    await page.settled();
    assert.match(await page.said(), /2 of 2[^]*list books done · Step 1[^]*create book done/i);
    await page.page.reload();
    await page.says("and that is all.");
    assert.equal(await page.said(), "Add Emma\n\nEmma is on the list, and that is all.");
  },
);

const often = (nth: number) => nth < 20 ? { frames: 1 + nth % 5, bytes: 5 + nth % 4 } : null;

inBrowser(
  "a line that is cut again and again ends in the same page as one that is whole",
  async (browser) => {
    const said = await Promise.all([null, often].map(async (allow) => {
      const user = await newUser();
      await using _script = await planScript(user);
      await using proxy = await cuttingProxy(testStack().url, allow ?? undefined);
      await using page = await open(browser, { user, url: proxy.url, expected: [/ERR_INCOMPLETE_CHUNKED/] });
      await page.send("Add Emma");
      await page.says("and that is all.");
      await page.settled();
      if (allow) assert.ok(proxy.cuts > 5, `${proxy.cuts} cuts`);
      return await page.said();
    }));
    assert.equal(said[1], said[0]);
  },
);

inBrowser("a reload in mid-run shows what there is so far, and then the rest, once", async (browser) => {
  const user = await newUser();
  await using script = await heldScript(user);
  await using page = await open(browser, { user });
  await page.send("Which books?");
  await page.says("Let me look.");
  await script.reached("answer");
  await page.page.reload();
  await page.says("Let me look.");
  assert.doesNotMatch(await page.said(), /There are none/);
  await script.release("answer");
  await page.says("There are none.");
  await page.settled();
  const said = await page.said();
  for (const text of ["Which books?", "Let me look.", "There are none."]) {
    assert.equal(said.split(text).length, 2, `${text} is there once`);
  }
});

inBrowser(
  "a token that has run out is made anew, for a message and for a line that breaks",
  async (browser) => {
    const user = await newUser();
    await using script = await heldScript(user);
    await using proxy = await cuttingProxy(testStack().url);
    const expected = [/ERR_INCOMPLETE_CHUNKED/, /status of 401/];
    await using page = await open(browser, { user, url: proxy.url, expected });
    const refused: string[] = [];
    page.page.on(
      "response",
      (response) => response.status() === 401 && refused.push(response.request().method()),
    );
    await wearOut(page.page, user);
    await page.send("Which books?");
    await page.says("Let me look.");
    await script.reached("answer");
    await wearOut(page.page, user);
    proxy.cutAll();
    await script.release("answer");
    await page.says("There are none.");
    assert.deepEqual(refused, ["POST", "GET"]);
  },
);

inBrowser(
  "a message sent while another tab's run is under way is refused, and that run is shown",
  async (browser) => {
    const user = await newUser();
    await using script = await heldScript(user);
    await using first = await open(browser, { user });
    await using second = await open(browser, { user });
    const { hash } = new URL(first.page.url());
    await second.page.evaluate((hash) => void (location.hash = hash), hash);
    await second.says(/Ask for something/);
    await first.send("Which books?");
    await script.reached("answer");
    await second.send("And loans?");
    await second.says("Let me look.");
    assert.match(await second.page.getByRole("alert").innerText(), /^[A-Z][^{}]*\.$/);
    await script.release("answer");
    for (const page of [first, second]) await page.says("There are none.");
    await second.settled();
    assert.doesNotMatch(await second.said(), /And loans/, "what was not sent");
  },
);

inBrowser("a user beyond their quota reads why, in a sentence", async (browser) => {
  await using functions = await functionsWith({ USER_RUNS_PER_HOUR: "1" });
  const user = await newUser();
  await using _script = await scriptModel(user.id, [{ text: "Hello." }]);
  await using page = await open(browser, { user, url: functions.url });
  await page.send("Hello");
  await page.says("Hello.");
  await page.settled();
  await page.send("Hello again");
  assert.match(await page.page.getByRole("alert").innerText(), /^[A-Z][^{}]*\.$/);
});

inBrowser("a run that fails says why", async (browser) => {
  const user = await newUser();
  await using _script = await scriptModel(user.id, [
    { error: { status: 401, body: { error: { message: "No such key" } } } },
  ]);
  await using page = await open(browser, { user });
  await page.send("Hello");
  assert.match(await page.page.getByRole("alert").innerText(), /model's host/);
});

inBrowser("a text whose process died in the middle of it is gone when it is said anew", async (browser) => {
  const settings = { RUN_LEASE_SECONDS: "1.2", RUN_DEADLINE_SECONDS: "60" };
  await using functions = await shortLivedFunctions({ limit_ms: Infinity, settings });
  const user = await newUser();
  const lost = Array.from({ length: 100 }, (_, i) => `lost${i}`).join(" ");
  await using _script = await scriptModel(user.id, [
    { text: lost, tokens_per_second: 20 },
    { text: "Here is the whole answer." },
  ]);
  await using page = await open(browser, {
    user,
    url: functions.url,
    expected: [/ERR_/, /status of 50[0-9]/],
  });
  await page.send("Hello");
  await page.says(/lost0/);
  const owner = functions.workers.findLast(({ request }) => request === "POST /agent-planner/ag-ui");
  await (owner ?? assert.fail("nobody works")).kill();
  await page.says("Here is the whole answer.");
  await page.settled();
  assert.equal(await page.said(), "Hello\n\nHere is the whole answer.");
});

inBrowser("Stop cancels the run", async (browser) => {
  const user = await newUser();
  await using script = await heldScript(user);
  await using page = await open(browser, { user });
  await page.send("Which books?");
  await script.reached("answer");
  await page.says("Let me look.");
  await page.press("Stop");
  await page.settled();
  const { data } = await user.client.from("agent_runs").select("status");
  assert.deepEqual(data, [{ status: "cancelled" }]);
  await script.release("answer");
  await script.end().catch(() => {});
});

inBrowser(
  "of two interrupts one is changed and one is declined, and both answers go together",
  async (browser) => {
    const user = await newUser();
    const [ann, bob, cas] = await lend(user, "Ann", "Bob", "Cas");
    await using script = await scriptModel(user.id, [cancelTurn(ann, bob), { text: "One of them." }]);
    await using page = await open(browser, { user });
    await page.send("Take two off");
    await page.says(/Deletes from loans/);
    await page.press("Edit");
    await page.page.getByLabel("Arguments").fill(JSON.stringify({ loan_id: cas }));
    await page.press("Allow with these");
    assert.deepEqual(await borrowers(user), ["Ann", "Bob", "Cas"]);
    await page.press("Decline");
    await page.says("One of them.");
    await page.settled();
    assert.deepEqual(await borrowers(user), ["Ann", "Bob"]);
    assert.match(JSON.stringify((await script.requests())[1]), /The user declined this/);
  },
);

inBrowser("an interrupt is there after a reload, and can be answered then", async (browser) => {
  const user = await newUser();
  const [ann] = await lend(user, "Ann");
  await using _script = await scriptModel(user.id, [cancelTurn(ann), { text: "Ann is off." }]);
  await using page = await open(browser, { user });
  await page.send("Take Ann off");
  await page.says(/Deletes from loans/);
  await page.page.reload();
  await page.press("Allow");
  await page.says("Ann is off.");
  await page.settled();
  assert.deepEqual(await borrowers(user), []);
});

inBrowser(
  "hostile text stays text: no element of its own, no script, no address that is called",
  async (browser) => {
    const user = await newUser();
    await using _script = await scriptModel(user.id, [
      { text: HOSTILE, ...planTurn([{ step_number: 1, title: HOSTILE.slice(0, 190) }], HOSTILE) },
      submitTurn(1, { summary: HOSTILE }),
      { tool_calls: [{ name: "create_book", arguments: { title: HOSTILE.slice(0, 190) } }] },
      answerTurn(`${HOSTILE}\n\nThe end.`),
    ]);
    await using page = await open(browser, { user });
    page.page.on("dialog", (dialog) => void assert.fail(`A dialog says ${dialog.message()}`));
    await page.send(`${HOSTILE}\n\nSay something`);
    await page.says("The end.");
    await page.settled();
    await assertHarmless(page.page);
  },
);

inBrowser("5,000 events are read after a reload, and the page still answers", async (browser) => {
  const user = await newUser();
  const [ann] = await lend(user, "Ann");
  await using _script = await scriptModel(user.id, [
    { ...cancelTurn(ann), text: "I take Ann off." },
    { text: "Ann is off." },
  ]);
  await using page = await open(browser, { user });
  await page.send("Take Ann off");
  await page.says(/Deletes from loans/);
  await lengthenLog(user, 5_000);
  await page.page.reload();
  await page.says(/word 5000 /);
  await page.press("Allow");
  await page.says("Ann is off.");
  await page.settled();
  assert.deepEqual(await borrowers(user), []);
});
