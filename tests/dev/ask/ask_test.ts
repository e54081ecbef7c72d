// `deno task ask`, sent to the stack of the tests with a user's own token.
import assert from "node:assert/strict";
import { z } from "zod";
import { runAsk } from "../../../dev/ask/run_ask.ts";
import { PLAIN } from "../../../dev/terminal/style.ts";
import type { Ask } from "../../../dev/turn/decide.ts";
import { type ScriptedTurnInput, scriptModel } from "../../support/models/script.ts";
import { borrowers, cancelTurn, lend } from "../../support/stack/asking.ts";
import { newUser, testStack, type TestUser } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";

const NOBODY: Ask = () => Promise.resolve(null);

function side(person: Ask) {
  const written: string[] = [];
  const terminal = { columns: () => 100, rows: () => 40, write: (text: string) => void written.push(text) };
  return { terminal, style: PLAIN, live: false, person, text: () => written.join("") };
}

/** Asks as this user, whose model says these turns. */
async function ask(user: TestUser, turns: readonly ScriptedTurnInput[], words: string[], person = NOBODY) {
  const [out, aside] = [side(person), side(person)];
  await using _ = await scriptModel(user.id, turns);
  const code = await runAsk(["--url", testStack().url, "--token", user.token, ...words], {
    ...{ env: {}, time_zone: "UTC", out, aside, signal: AbortSignal.any([]), started: () => {} },
  });
  return { code, out: out.text(), aside: aside.text() };
}

test("a run is shown while it happens, with what it has used, and ends with 0", async () => {
  const user = await newUser();
  const { code, out, aside } = await ask(user, [
    { tool_calls: [{ name: "list_books", arguments: {} }] },
    { text: "There are no books." },
  ], ["Which books are there?"]);
  assert.equal(code, 0, out);
  assert.match(out, /^list_books .*\nlist_books ok: .*\nThere are no books\./m);
  assert.match(
    out,
    /completed: 2 model calls, [\d,]+ tokens in \(\d+ cached\), \d+ out\nGo on with --session \S+\n$/,
  );
  assert.equal(aside, "");
});

const Answer = z.object({
  status: z.string(),
  answer: z.string().nullable(),
  usage: z.object({ model_calls: z.number() }).nullable(),
  plan: z.null(),
  error: z.object({ message: z.string() }).nullable(),
});

test("with --json the answer stands alone in the output", async () => {
  const { code, out, aside } = await ask(await newUser(), [{ text: "Hello." }], ["--json", "Hi"]);
  const { status, answer, usage, error } = Answer.parse(JSON.parse(out));
  assert.deepEqual([code, status, answer, usage?.model_calls, error], [0, "completed", "Hello.", 1, null]);
  assert.equal(aside, "");
});

test("a run that fails ends with 1, and --json says why", async () => {
  const { code, out } = await ask(await newUser(), [
    { error: { status: 401, body: "no such key" } },
  ], ["--json", "Hi"]);
  const { status, error } = Answer.parse(JSON.parse(out));
  assert.deepEqual([code, status], [1, "failed"]);
  assert.ok(error?.message);
});

test("what is asked is shown and declined where nobody is at a terminal, which is said", async () => {
  const user = await newUser();
  const loans = await lend(user, "Ann");
  const turns = [cancelTurn(...loans), { text: "It stays." }];
  const { code, out } = await ask(user, turns, ["Cancel the loan"]);
  assert.match(out, /\? cancel loan\n/);
  assert.match(out, /There is no terminal to ask at, so it is declined\./);
  assert.deepEqual([code, await borrowers(user)], [0, ["Ann"]]);
});

test("with --yes it is approved, with --json without a word of it in the output", async () => {
  for (const words of [["--yes"], ["--yes", "--json"]]) {
    const user = await newUser();
    const turns = [cancelTurn(...await lend(user, "Ann")), { text: "It is cancelled." }];
    const { code, out, aside } = await ask(user, turns, [...words, "Cancel the loan"]);
    assert.match(words.includes("--json") ? aside : out, /Approved, as --yes says\./);
    if (words.includes("--json")) assert.equal(Answer.parse(JSON.parse(out)).answer, "It is cancelled.");
    assert.deepEqual([code, await borrowers(user)], [0, []]);
  }
});

test("a person at the terminal decides", async () => {
  const user = await newUser();
  const turns = [cancelTurn(...await lend(user, "Ann")), { text: "It is cancelled." }];
  const questions: string[] = [];
  const person: Ask = (question) => Promise.resolve(questions.push(question) === 1 ? "y" : null);
  const { code } = await ask(user, turns, ["Cancel the loan"], person);
  assert.deepEqual([code, questions.length, await borrowers(user)], [0, 1, []]);
});

test("what the server refuses is told in its own words, and ends with 1", async () => {
  const { code, out } = await ask(await newUser(), [], [
    "--context-type",
    "planet",
    "--entity-id",
    "4",
    "Hi",
  ]);
  assert.equal(code, 1);
  assert.match(out, /context_type: must be one of general, global, book, loan/);
});
