import assert from "node:assert/strict";
import { threadPoint } from "../../../shared/agents/durable/thread_point.ts";
import { NUDGE, plannerLimit } from "../../../shared/agents/loop/prompts.ts";
import type { MetLimit } from "../../../shared/contracts/message_kind.ts";
import { type Entry, storedThread } from "../../support/agents/stored_thread.ts";

const LIMIT: MetLimit = { name: "10 model turns", reason: "limit" };
const limited: Entry = ["limit", { role: "user", content: "Basta." }, LIMIT];
const nudged: Entry = ["nudge", { role: "user", content: "Submit." }];
const answer: Entry = ["answer", { role: "user", content: "This one." }];
const said = (content: string): Entry => ["turn", { role: "assistant", content }];
const asked = (content: string): Entry[] => [
  ["prompt", { role: "system", content: "You work." }],
  ["task", { role: "user", content }],
];
const NOTHING = { limit: null, nudged: false };

const THREADS: Record<string, [Entry[], ReturnType<typeof threadPoint>]> = {
  "an empty thread": [[], NOTHING],
  "a task": [asked("Go"), NOTHING],
  "a limit, whatever its words": [[...asked("Go"), limited], { limit: LIMIT, nudged: false }],
  "a limit with the turn after it": [[...asked("Go"), limited, said("Done.")], {
    limit: LIMIT,
    nudged: false,
  }],
  "a nudge, whatever its words": [[...asked("Go"), said("It is here."), nudged], {
    limit: null,
    nudged: true,
  }],
  "a nudge and a limit": [[...asked("Go"), nudged, limited], { limit: LIMIT, nudged: true }],
  "both before the answer to a question": [[...asked("Go"), nudged, limited, answer], NOTHING],
  "a task that reads like a limit": [asked(plannerLimit("12 model turns")), NOTHING],
  "a task that reads like a nudge": [asked(NUDGE), NOTHING],
  "a model that speaks like a limit": [[...asked("Go"), said(plannerLimit("12 model turns"))], NOTHING],
  "a nudge that reads like a limit": [
    [...asked("Go"), ["nudge", { role: "user", content: plannerLimit("12 model turns") }]],
    { limit: null, nudged: true },
  ],
};

for (const [what, [entries, point]] of Object.entries(THREADS)) {
  Deno.test(`thread point: ${what}`, () => {
    assert.deepEqual(threadPoint(storedThread(entries)), point);
  });
}
