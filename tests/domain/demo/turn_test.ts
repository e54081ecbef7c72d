// The demo's turn against the real stack, where a person has to be asked.
import assert from "node:assert/strict";
import { takeTurn } from "../../../dev/demo/turn.ts";
import { initialRunState, reduceRun, type RunState } from "../../../shared/contracts/run_state.ts";
import type { ReadEvent } from "../../../shared/contracts/read_event.ts";
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
