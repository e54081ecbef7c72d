// The demo's turn, where a person has to be asked: against the real stack, and against a scripted planner.
import assert from "node:assert/strict";
import { takeTurn } from "../../../dev/turn/take_turn.ts";
import { initialRunState, reduceRun, type RunState } from "../../../shared/contracts/run_state.ts";
import type { ReadEvent } from "../../../shared/contracts/read_event.ts";
import { CALLS, FIRST, PAUSED_LOG, SECOND } from "../../client/paused_log.ts";
import { type Connection, RUN_ID, scriptedPlanner } from "../../client/scripted_planner.ts";
import { scriptModel } from "../../support/models/script.ts";
import { decisionOn } from "../../support/stack/asking.ts";
import { testStack } from "../../support/stack/stack.ts";
import { test } from "../../support/test.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";

test("whoever edits a call so that it does not fit is told why, and asked about all of it again", async () => {
  const user = await newWorkspaceUser();
  const [lunch, review, dentist] = await events(user, "Lunch", "Review", "Dentist");
  await using _ = await scriptModel(user.id, [{ tool_calls: [cancel(lunch), cancel(review)] }, {
    text: "Done.",
  }]);
  const edits = [{ event_id: "none" }, undefined, { event_id: dentist ?? "" }, undefined];
  const refused: string[] = [];
  const { url, publishable_key } = testStack();
  const request = { url, publishable_key, token: user.token, message: "Cancel them", time_zone: "UTC" };
  const state = await takeTurn({ ...request, signal: AbortSignal.any([]) }, {
    show: added,
    decide: (approval) => {
      const edited = edits.shift();
      return Promise.resolve({ ...decisionOn(approval), ...(edited && { arguments: edited }) });
    },
    refused: (sentence) => void refused.push(sentence),
  });
  assert.equal(state.status, "completed");
  assert.deepEqual([refused.length, edits.length], [1, 0]);
  assert.match(refused[0] ?? "", /^decisions\.0\.arguments\.event_id: /);
  const left = await user.client.from("calendar_events").select("title").neq("status", "cancelled");
  assert.deepEqual(left.data, [{ title: "Lunch" }]);
});

type User = Awaited<ReturnType<typeof newWorkspaceUser>>;

async function events({ client }: User, ...titles: string[]): Promise<string[]> {
  const times = { starts_at: "2026-11-25T10:00:00Z", ends_at: "2026-11-25T11:00:00Z" };
  const { data, error } = await client.from("calendar_events")
    .insert(titles.map((title) => ({ title, ...times }))).select("id, title");
  if (error) throw error;
  return titles.flatMap((title) => data.filter((one) => one.title === title).map(({ id }) => id));
}

const cancel = (event_id = "") => ({ name: "delete_calendar_event", arguments: { event_id } });

async function added(events: AsyncIterable<ReadEvent>, before?: RunState): Promise<RunState> {
  let state = before ?? initialRunState("");
  for await (const event of events) state = reduceRun(state, event);
  return state;
}

/** A turn against a planner that answers with these streams, and a person who approves whatever is shown. */
async function scriptedTurn(...connections: Connection[]) {
  const { fetch } = scriptedPlanner(connections, PAUSED_LOG);
  const decided: string[] = [];
  const request = { url: "http://planner.test", publishable_key: "key", token: "t", message: "Hi", fetch };
  const state = await takeTurn({ ...request, time_zone: "UTC", signal: new AbortController().signal }, {
    async show(events, before = initialRunState(RUN_ID)) {
      return (await Array.fromAsync(events)).reduce(reduceRun, before);
    },
    decide({ tool_call_id, arguments_sha256 }) {
      decided.push(tool_call_id);
      return Promise.resolve({ tool_call_id, arguments_sha256, approved: true });
    },
    refused: assert.fail,
  });
  return { state, decided };
}

Deno.test("a turn asks at each pause what it shows, and goes to the run's end", async () => {
  const { state, decided } = await scriptedTurn({ kind: "stream", log: FIRST }, {
    kind: "stream",
    log: SECOND,
  });
  assert.deepEqual([state.status, decided], ["completed", CALLS]);
});

Deno.test("a pause that shows nothing to decide is told, and no empty decision is sent", async () => {
  const hollow = FIRST.filter(({ type }) => type !== "approval_required").map((event, i) => ({
    ...event,
    seq: i + 1,
  }));
  await assert.rejects(
    scriptedTurn({ kind: "stream", log: hollow }),
    /waits for a person, but shows nothing/,
  );
});
