// Lines that break, against the real server: whoever reads on gets the very bytes that they missed, and a stock client
// shows in the end what one shows whose line held.
import assert from "node:assert/strict";
import { z } from "zod";
import { resumableFetch } from "../../client/resumable_fetch.ts";
import type { ProjectedFrame } from "../../shared/protocols/frame.ts";
import { answerTurn, planTurn, submitTurn } from "../support/agents/plans.ts";
import { type ScriptedTurnInput, scriptModel } from "../support/models/script.ts";
import { cancelTurn, lend } from "../support/stack/asking.ts";
import {
  framesIn,
  getProjected,
  itemsOf,
  postAgUi,
  postAiSdk,
  runIdOf,
  userMessage,
} from "../support/stack/projected.ts";
import { newUser, testStack, type TestUser } from "../support/stack/stack.ts";
import { brokenFetch } from "../support/stock/line_server.ts";
import { agUiClient, aiSdkClient, type StockClient } from "../support/stock/stock_client.ts";
import { test } from "../support/test.ts";

const words = Array.from({ length: 30 }, (_, i) => `word${i}`).join(" ");

/** What the model does in each kind of run; none has more to ask a person than the last. */
const SHAPES: Record<string, (loan: number) => ScriptedTurnInput[]> = {
  "text": () => [{ text: words }],
  "tools": () => [
    { text: "I add it.", tool_calls: [{ name: "create_book", arguments: { title: "Emma" } }] },
    { text: "Added." },
  ],
  "a plan": () => [planTurn([{ step_number: 1 }]), submitTurn(1), answerTurn("Done.")],
  "a failure": () => [{ tool_calls: [{ name: "list_books", arguments: {} }] }, {
    ...{ error: { status: 400, body: "no" }, times: "any" as const },
  }],
  "a call that waits": (loan) => [{ text: "I ask.", ...cancelTurn(loan) }],
};

let equal = 0;
let cases = 0;

/** Counts a case, and fails where it differs. */
function assertSame(actual: unknown, expected: unknown, about: string): void {
  cases++;
  assert.deepEqual(actual, expected, about);
  equal++;
}

Deno.test.afterAll(() => console.log(`cut-and-resume cases equal to uncut: ${equal} of ${cases}`));

async function runOf(user: TestUser, shape: string): Promise<AsyncDisposable> {
  const [loan = 0] = await lend(user, "Ada");
  return await scriptModel(user.id, SHAPES[shape]?.(loan) ?? []);
}

/** Reads on behind each frame. */
async function assertResumed(user: TestUser, path: string, frames: readonly ProjectedFrame[], about: string) {
  const [before, query = ""] = path.split("?");
  for (const [at, { id }] of frames.entries()) {
    const rest = await framesIn(await getProjected(user, `${before}?after=${id}${query && `&${query}`}`));
    assertSame(rest, frames.slice(at + 1), `${about} after ${id}`);
  }
}

for (const shape of Object.keys(SHAPES)) {
  test(`${shape}: cut behind any frame, the rest of each protocol's stream is what was missed`, async () => {
    for (const set of ["5", "6", "7"]) {
      const user = await newUser();
      await using _ = await runOf(user, shape);
      const response = await postAiSdk(user, { id: "chat-1", messages: [userMessage("Go")], set });
      const run_id = runIdOf(response);
      const frames = await framesIn(response);
      await assertResumed(user, `ai-sdk/runs/${run_id}/events?set=${set}`, frames, `${shape}, set ${set},`);
    }
    const user = await newUser();
    await using _ = await runOf(user, shape);
    const says = { threadId: "thread-1", runId: "run-1", messages: [{ role: "user", content: "Go" }] };
    const response = await postAgUi(user, says);
    const run_id = runIdOf(response);
    await assertResumed(user, `ag-ui/runs/${run_id}/events`, await framesIn(response), `${shape}, AG-UI,`);
  });
}

const Shown = z.looseObject({ messages: z.array(z.json()) });
const CUTS_A_STREAM = 12;

/** A client with a new page says the same again, over a line that breaks; what it shows. */
type Say = (client: StockClient) => Promise<z.infer<typeof Shown>>;

/** Cuts one connection at each of many places, and then one after the other at the same distance. */
async function assertShown(client: StockClient, say: Say, bytes: number, about: string): Promise<void> {
  const { asked: _asked, ...uncut } = await say(client);
  const places = Array.from({ length: CUTS_A_STREAM }, (_, i) => ({
    ...{ after: Math.floor((i + 0.5) * bytes / CUTS_A_STREAM), cuts: 1 },
  }));
  const first = { after: 1, cuts: 1 };
  for (const cut of [first, ...places, { after: Math.floor(bytes / 3) + 1, cuts: 2 }]) {
    await client.ask(z.null(), { do: "cut", ...cut });
    const { asked, ...shown } = await say(client);
    assertSame(shown, uncut, `${about}, cut after ${cut.after} bytes`);
    assert.ok(z.array(z.string()).parse(asked).length > 1, "it was cut");
  }
}

const sizeOf = (frames: readonly ProjectedFrame[]) => frames.reduce((sum, { data }) => sum + data.length, 0);

for (const version of ["5", "6", "7"] as const) {
  for (const shape of Object.keys(SHAPES)) {
    test(`AI SDK ${version}: cut: ${shape}: a chat over broken lines ends as one whose line held`, async () => {
      const user = await newUser();
      await using _ = await runOf(user, shape);
      const message = userMessage("Go", "m1");
      const frames = await framesIn(
        await postAiSdk(user, { id: "chat-1", messages: [message], set: version }),
      );
      await using client = aiSdkClient(version, user);
      const say: Say = async (client) => {
        await client.ask(Shown, { do: "open", id: "chat-1" });
        return await client.ask(Shown, { do: "send", message });
      };
      await assertShown(client, say, sizeOf(frames), `AI SDK ${version}, ${shape}`);
    });
  }
}

for (const shape of Object.keys(SHAPES)) {
  test(`AG-UI HttpAgent: cut: ${shape}: a run over broken lines ends as one whose line held`, async () => {
    const user = await newUser();
    await using _ = await runOf(user, shape);
    const says = { threadId: "thread-1", runId: "run-1", messages: [{ role: "user", content: "Go" }] };
    const frames = await framesIn(await postAgUi(user, says));
    await using client = agUiClient(user);
    const say: Say = async (client) => {
      await client.ask(Shown, { do: "open", threadId: "thread-1" });
      return await client.ask(Shown, { do: "say", id: "m1", runId: "run-1", text: "Go" });
    };
    await assertShown(client, say, sizeOf(frames), `AG-UI, ${shape}`);
  });
}

const withoutPings = (stream: string) => stream.replaceAll(/^: .*\n\n/gm, "");

/** What answers a person's decision on the call that waits; `send` sends it over a line of its own. */
const ANSWERS: Record<
  string,
  (user: TestUser) => Promise<(fetch: typeof globalThis.fetch) => Promise<Response>>
> = {
  "AI SDK": async (user) => {
    const asked = await postAiSdk(user, { id: "chat-1", messages: [userMessage("Go")] });
    const run_id = runIdOf(asked);
    const call = itemsOf(await framesIn(asked)).find(({ type }) => type === "tool-approval-request")
      ?.approvalId;
    const part = {
      type: "dynamic-tool",
      state: "approval-responded",
      approval: { id: call, approved: true },
    };
    const body = { id: "chat-1", messages: [{ id: run_id, role: "assistant", parts: [part] }] };
    return (fetch) => postOver(fetch, user, "ai-sdk", body);
  },
  "AG-UI": async (user) => {
    const says = { threadId: "thread-1", runId: "run-1", messages: [{ role: "user", content: "Go" }] };
    const frames = await framesIn(await postAgUi(user, says));
    const call = itemsOf(frames).find(({ type }) => type === "TOOL_CALL_START")?.toolCallId;
    const resume = [{ interruptId: call, status: "resolved", payload: { approved: true } }];
    return (fetch) => postOver(fetch, user, "ag-ui", { ...says, runId: "run-2", resume });
  },
};

function postOver(
  fetch: typeof globalThis.fetch,
  user: TestUser,
  path: string,
  body: object,
): Promise<Response> {
  const { url, publishable_key } = testStack();
  return fetch(`${url}/functions/v1/agent-planner/${path}`, {
    method: "POST",
    headers: {
      ...{ authorization: `Bearer ${user.token}`, apikey: publishable_key },
      "content-type": "application/json",
    },
    body: JSON.stringify(body),
  });
}

for (const [name, answering] of Object.entries(ANSWERS)) {
  test(`${name}: what goes on behind a pause, over lines that break, is what it is over one that holds`, async () => {
    const user = await newUser();
    const [loan] = await lend(user, "Ada");
    await using _ = await scriptModel(user.id, [cancelTurn(loan), { text: words }]);
    const send = await answering(user);
    const uncut = await (await send(fetch)).text();
    assert.match(uncut, /word29/);
    const line = brokenFetch([]);
    for (let after = 1; after < uncut.length; after += Math.ceil(uncut.length / 40)) {
      line.cutNext(after, 1);
      const shown = await (await send(resumableFetch(line.fetch))).text();
      assertSame(withoutPings(shown), withoutPings(uncut), `${name}, cut after ${after} bytes`);
    }
  });
}
