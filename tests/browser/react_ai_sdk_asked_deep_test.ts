// Questions in `examples/react-ai-sdk`: stock `useChat` asks its user, and the run goes on with what they say.
import assert from "node:assert/strict";
import { installExample } from "../support/browser/example.ts";
import { type ExampleOptions, openExample } from "../support/browser/example_page.ts";
import { inBrowser } from "../support/browser/in_browser.ts";
import type { Browser } from "../support/browser/launch_browser.ts";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, lend } from "../support/stack/asking.ts";
import { newUser } from "../support/stack/stack.ts";

// Fetched before the tests begin, so that no test's patience depends on the line.
const example = await installExample("react-ai-sdk");
const open = (browser: Browser, options: ExampleOptions) => openExample(browser, example, options);

inBrowser(
  "a question says what would change; allowed, the run goes on in the same message",
  async (browser) => {
    const user = await newUser();
    const [ann] = await lend(user, "Ann", "Bob");
    await using _script = await scriptModel(user.id, [
      { ...cancelTurn(ann), text: "I take Ann off." },
      { text: "Ann is off." },
    ]);
    await using page = await open(browser, { user });
    await page.send("Take Ann off");
    await page.says(/Deletes from loans/);
    assert.match(await page.said(), /borrower\s+Ann/);
    assert.equal(await page.page.getByPlaceholder("Answer the question above first").count(), 1);
    assert.deepEqual(await borrowers(user), ["Ann", "Bob"]);
    await page.press("Allow");
    await page.says("Ann is off.");
    await page.settled();
    assert.deepEqual(await borrowers(user), ["Bob"]);
    const said = await page.said();
    assert.equal(said.split("I take Ann off.").length, 2, "nothing is said twice");
    await page.page.reload();
    await page.says("Ann is off.");
    assert.equal(await page.said(), said);
  },
);

inBrowser("declined, nothing changes, and the model is told", async (browser) => {
  const user = await newUser();
  const [ann] = await lend(user, "Ann");
  await using script = await scriptModel(user.id, [cancelTurn(ann), { text: "Ann stays." }]);
  await using page = await open(browser, { user });
  await page.send("Take Ann off");
  await page.press("Decline");
  await page.says("Ann stays.");
  await page.says("declined");
  assert.deepEqual(await borrowers(user), ["Ann"]);
  assert.match(JSON.stringify((await script.requests())[1]), /The user declined this/);
});

inBrowser("arguments that its user has changed are those that count", async (browser) => {
  const user = await newUser();
  const [ann, bob] = await lend(user, "Ann", "Bob");
  await using _script = await scriptModel(user.id, [cancelTurn(ann), { text: "Bob is off." }]);
  await using page = await open(browser, { user, expected: [/status of 400/] });
  await page.send("Take one off");
  await page.press("Edit");
  const box = page.page.getByLabel("Arguments");
  await box.fill(`{ "loan_id": "none" }`);
  await page.press("Allow with these");
  assert.match(
    await page.page.getByRole("alert").innerText(),
    /loan_id/,
    "what does not fit is told, and can be mended",
  );
  await box.fill(JSON.stringify({ loan_id: bob }));
  await page.press("Allow with these");
  await page.says("Bob is off.");
  await page.settled();
  assert.deepEqual(await borrowers(user), ["Ann"]);
});

inBrowser(
  "of two questions one is changed and one is declined",
  async (browser) => {
    const user = await newUser();
    const [ann, bob, cas] = await lend(user, "Ann", "Bob", "Cas");
    await using _script = await scriptModel(user.id, [cancelTurn(ann, bob), { text: "One of them." }]);
    await using page = await open(browser, { user });
    await page.send("Take two off");
    await page.press("Edit");
    await page.page.getByLabel("Arguments").fill(JSON.stringify({ loan_id: cas }));
    await page.press("Allow with these");
    const questions = page.page.getByRole("region", { name: "Question" });
    await questions.nth(1).waitFor({ state: "detached" });
    await page.press("Decline");
    await page.says("One of them.");
    await page.settled();
    assert.deepEqual(await borrowers(user), ["Ann", "Bob"]);
  },
);

inBrowser("a question is there after a reload, and can be answered then", async (browser) => {
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
  "two questions are answered one after the other, and sent once all have an answer",
  async (browser) => {
    const user = await newUser();
    const [ann, bob] = await lend(user, "Ann", "Bob");
    await using _script = await scriptModel(user.id, [cancelTurn(ann, bob), { text: "One of them." }]);
    await using page = await open(browser, { user });
    await page.send("Take two off");
    await page.press("Allow");
    assert.deepEqual(await borrowers(user), ["Ann", "Bob"]);
    await page.press("Decline");
    await page.says("One of them.");
    await page.settled();
    assert.deepEqual(await borrowers(user), ["Bob"]);
  },
);

inBrowser("what a call has changed is undone on a click", async (browser) => {
  const user = await newUser();
  await using _script = await scriptModel(user.id, [
    { tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    { text: "Emma is there." },
  ]);
  await using page = await open(browser, { user });
  await page.send("Add Emma");
  await page.says("Emma is there.");
  await page.press("Undo");
  await page.says("Undone");
  assert.deepEqual((await user.client.from("books").select("title")).data, []);
});
