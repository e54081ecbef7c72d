// Chats of the AI SDK, as its three versions come from npm, against the real server: what works there works unmodified.
import assert from "node:assert/strict";
import { z } from "zod";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { scriptModel } from "../support/models/script.ts";
import { borrowers, cancelTurn, decisionOn, lend, sendDecisions } from "../support/stack/asking.ts";
import { callFunction } from "../support/stack/calling.ts";
import { newUser } from "../support/stack/stack.ts";
import { aiSdkClient, type StockClient } from "../support/stock/stock_client.ts";
import { test } from "../support/test.ts";
import { asking } from "./asking_executor.ts";

const Part = z.looseObject({ type: z.string(), state: z.string().optional(), text: z.string().optional() });
const Told = z.object({
  status: z.string(),
  error: z.string().nullable(),
  messages: z.array(z.looseObject({
    id: z.string(),
    role: z.string(),
    parts: z.array(Part),
    metadata: z.looseObject({ run_id: z.string() }).optional(),
  })),
  asked: z.array(z.string()),
});
type Told = z.infer<typeof Told>;

const id = "chat-1";
const said = ({ messages }: Told) =>
  messages.map(({ parts }) => parts.flatMap((part) => part.type === "text" ? [part.text] : []).join("|"));
const lastOf = ({ messages }: Told) => messages.at(-1) ?? assert.fail("there is no message");
const partsOf = (told: Told, type: string) => lastOf(told).parts.filter((part) => part.type === type);
const open = (client: StockClient, more: object = {}) => client.ask(Told, { do: "open", id, ...more });
const send = (client: StockClient, text: string, more: object = {}) =>
  client.ask(Told, { do: "send", text, ...more });
const Begun = z.object({ begun: z.literal(true) });

/** As the history and the client both have it: version 5 keeps less of a tool. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, item) => key === "providerExecuted" ? undefined : item));

/** What a page that is loaded now shows. */
async function loaded(client: StockClient): Promise<Told> {
  return await open(client, { load: true });
}

function assertReady(told: Told): void {
  assert.deepEqual([told.status, told.error], ["ready", null]);
}

for (const version of ["5", "6", "7"] as const) {
  const name = `AI SDK ${version}`;

  test(`${name}: text: two turns are one chat, and a page that is loaded shows them again`, async () => {
    const user = await newUser();
    await using _ = await scriptModel(user.id, [{ text: "Good morning." }, { text: "And you?" }]);
    await using client = aiSdkClient(version, user);
    await open(client);
    assertReady(await send(client, "Hi"));
    const told = await send(client, "And?");
    assertReady(told);
    assert.deepEqual(said(told), ["Hi", "Good morning.", "And?", "And you?"]);
    const again = await loaded(client);
    assert.deepEqual(
      plain(again.messages.map(({ parts }) => parts)),
      plain(told.messages.map(({ parts }) => parts)),
    );
  });

  test(`${name}: tools: a call that works and one that fails are shown with what came of them`, async () => {
    const user = await newUser();
    await using _ = await scriptModel(user.id, [
      { tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
      { tool_calls: [{ name: "get_book", arguments: { book_id: crypto.randomUUID() } }] },
      { text: "One of two." },
    ]);
    await using client = aiSdkClient(version, user);
    await open(client);
    const told = await send(client, "Add Emma");
    assertReady(told);
    assert.deepEqual(partsOf(told, "dynamic-tool").map(({ state }) => state), [
      "output-available",
      "output-error",
    ]);
    assert.deepEqual(said(told).at(-1), "One of two.");
  });

  test(`${name}: plan: it is one part, with its executor as another, in their last state`, async () => {
    const user = await newUser();
    await using _ = await scriptModel(user.id, [
      planTurn([{ step_number: 1 }]),
      submitTurn(1),
      answerTurn("Done."),
    ]);
    await using client = aiSdkClient(version, user);
    await open(client);
    const told = await send(client, "Plan");
    assertReady(told);
    const [plan, ...more] = partsOf(told, "data-plan");
    assert.partialDeepStrictEqual([plan, more], [{ data: { steps: [{ state: "completed" }] } }, []]);
    assert.partialDeepStrictEqual(partsOf(told, "data-agent"), [{ data: { status: "completed" } }]);
  });

  test(`${name}: reload: a page that is loaded in mid-run goes on, and ends as one that was not`, async () => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [
      { text: "I add it.", tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
      { text: "Added.", hold: "answer" },
    ]);
    await using first = aiSdkClient(version, user);
    await using second = aiSdkClient(version, user);
    await open(first);
    await first.ask(Begun, { do: "send", text: "Add Emma", wait: false });
    await script.reached("answer");
    const before = await open(second, { load: true });
    assert.deepEqual(said(before), ["Add Emma"]);
    await second.ask(Begun, { do: "resume", wait: false });
    await second.ask(Told, { do: "seen" });
    await script.release("answer");
    const whole = await first.ask(Told, { do: "settled" });
    const resumed = await second.ask(Told, { do: "settled" });
    assertReady(resumed);
    assert.deepEqual(lastOf(resumed), lastOf(whole));
    // A page that is not new has the message already: it is not doubled, and where nothing runs nothing happens.
    assert.deepEqual(said(await second.ask(Told, { do: "resume" })), ["Add Emma", "I add it.|Added."]);
  });

  test(`${name}: edit: the message under its id with another text is another run, and so is an answer anew`, async () => {
    const user = await newUser();
    await using _ = await scriptModel(user.id, ["One.", "Two.", "Three.", "Four."].map((text) => ({ text })));
    await using client = aiSdkClient(version, user);
    await open(client);
    const first = await send(client, "Hi");
    const edited = await send(client, "Ho", { messageId: first.messages[0]?.id });
    assert.deepEqual(said(edited), ["Ho", "Two."]);
    for (const answer of ["Three.", "Four."]) {
      assert.deepEqual(said(await client.ask(Told, { do: "regenerate" })), ["Ho", answer]);
    }
  });

  test(`${name}: stop: it closes the connection, the run goes on, and a cancel by its id ends it`, async () => {
    const user = await newUser();
    await using script = await scriptModel(user.id, [{ text: "Too late.", hold: "answer" }, {
      text: "Here.",
    }]);
    await using client = aiSdkClient(version, user);
    await open(client);
    await client.ask(Begun, { do: "send", text: "Hi", wait: false });
    await script.reached("answer");
    await client.ask(Told, { do: "seen" });
    const stopped = await client.ask(Told, { do: "stop" });
    assertReady(stopped);
    const run_id = lastOf(stopped).metadata?.run_id ?? assert.fail("the message names its run");
    const conflict = await send(client, "Ho");
    assert.deepEqual([conflict.status, conflict.error], [
      "error",
      "The session's previous run has not finished yet: wait for it, stop it, or read on.",
    ]);
    const resumed = client.ask(Told, { do: "resume" });
    const cancelled = await callFunction(user, `agent-planner/runs/${run_id}/cancel`, { body: {} });
    assert.equal(cancelled.status, 202);
    await cancelled.body?.cancel();
    assert.equal((await resumed).status, "ready");
    await script.release("answer");
    assert.deepEqual(said(await send(client, "And now?")).at(-1), "Here.");
  });

  test(`${name}: errors: each is shown as one sentence, before the stream and in it`, async () => {
    const user = await newUser();
    await using _ = await scriptModel(user.id, [{ error: { status: 400, body: "no" }, times: "any" }]);
    await using stranger = aiSdkClient(version, { token: "none" });
    await open(stranger);
    const told = await send(stranger, "Hi");
    assert.equal(told.status, "error");
    assert.match(told.error ?? "", /^The access token [^{}]*\.$/);
    await using client = aiSdkClient(version, user);
    await open(client);
    const failed = await send(client, "Hi");
    assert.equal(failed.status, "error");
    assert.match(failed.error ?? "", /^[^{}]*\.$/);
    assert.deepEqual((await send(client, " ")).error, "message: must not be empty");
  });

  if (version === "5") {
    for (const decides of ["approval", "refusal", "edited arguments"] as const) {
      test(`${name}: ${decides}: decided at the native route, and read on by resumeStream`, async () => {
        const user = await newUser();
        const [ada, ben] = await lend(user, "Ada", "Ben");
        await using script = await scriptModel(user.id, [cancelTurn(ada), {
          text: "Gone on.",
          hold: "answer",
        }]);
        await using client = aiSdkClient(version, user);
        await open(client);
        const asks = await send(client, "Cancel");
        const approval =
          z.object({ data: z.object({ tool_call_id: z.string(), arguments_sha256: z.string() }) })
            .parse(partsOf(asks, "data-approval")[0]).data;
        const more = {
          "approval": {},
          "refusal": { approved: false },
          "edited arguments": { arguments: { loan_id: ben ?? 0 } },
        }[decides];
        const run_id = lastOf(asks).id;
        const decided = await sendDecisions(user, run_id, [decisionOn(approval, more)]);
        assert.equal(decided.status, 200);
        await script.reached("answer");
        await client.ask(Begun, { do: "resume", wait: false });
        await script.release("answer");
        const told = await client.ask(Told, { do: "settled" });
        await decided.text();
        assertReady(told);
        assert.deepEqual(said(told), ["Cancel", "Gone on."]);
        const left = { "approval": ["Ben"], "refusal": ["Ada", "Ben"], "edited arguments": ["Ada"] }[decides];
        assert.deepEqual(await borrowers(user), left);
      });
    }
    continue;
  }

  test(`${name}: approval and refusal: the client sends the answers by itself, and its message goes on`, async () => {
    const user = await newUser();
    const [ada, ben, cleo] = await lend(user, "Ada", "Ben", "Cleo");
    await using script = await scriptModel(user.id, [
      { text: "I ask.", ...cancelTurn(ada, ben) },
      cancelTurn(cleo),
      { text: "Two of three." },
    ]);
    await using client = aiSdkClient(version, user);
    await open(client);
    const asks = await send(client, "Cancel");
    assertReady(asks);
    assert.deepEqual(partsOf(asks, "dynamic-tool").map(({ state }) => state), [
      "approval-requested",
      "approval-requested",
    ]);
    const again = await client.ask(Told, { do: "answer", approved: [true, false], reason: "He needs it" });
    assertReady(again);
    const states = partsOf(again, "dynamic-tool").map(({ state }) => state);
    assert.deepEqual(states, ["output-available", "output-denied", "approval-requested"]);
    const told = await client.ask(Told, { do: "answer", approved: [true] });
    assertReady(told);
    assert.deepEqual(said(told), ["Cancel", "I ask.|Two of three."]);
    assert.equal(told.messages.length, 2, "it is one message");
    assert.deepEqual(await borrowers(user), ["Ben"]);
    assert.match(JSON.stringify((await script.requests())[1]), /He needs it/);
    assert.deepEqual(said(await loaded(client)), said(told));
  });

  test(`${name}: approval: a page that is loaded while a call waits asks again, and goes on`, async () => {
    const user = await newUser();
    const [ada] = await lend(user, "Ada");
    await using _ = await scriptModel(user.id, [cancelTurn(ada), { text: "Cancelled." }]);
    await using client = aiSdkClient(version, user);
    await open(client);
    await send(client, "Cancel");
    await loaded(client);
    const resumed = await client.ask(Told, { do: "resume" });
    assert.deepEqual(partsOf(resumed, "dynamic-tool").map(({ state }) => state), ["approval-requested"]);
    const told = await client.ask(Told, { do: "answer", approved: [true] });
    assert.deepEqual(said(told).at(-1), "Cancelled.");
    assert.deepEqual(await borrowers(user), []);
  });

  test(`${name}: approval: an executor's call that asks is a tool part then, and its step goes on`, async () => {
    const { user, script } = await asking();
    await using _ = script;
    await using client = aiSdkClient(version, user);
    await open(client);
    const asks = await send(client, "Go");
    assertReady(asks);
    assert.deepEqual(partsOf(asks, "dynamic-tool").map(({ state }) => state), ["approval-requested"]);
    const told = await client.ask(Told, { do: "answer", approved: [true] });
    assertReady(told);
    assert.deepEqual(partsOf(told, "dynamic-tool").map(({ state }) => state), ["output-available"]);
    assert.deepEqual(said(told).at(-1), "Ann has it.");
  });
}
