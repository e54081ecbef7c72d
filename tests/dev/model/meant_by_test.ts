// Which thing is meant by a name: the demo model changes nothing that merely shares a word with it.
import assert from "node:assert/strict";
import { meantBy } from "../../../dev/model/brain/rows.ts";

Deno.test("a name that two rows have, or are alike to in the same way, means both", () => {
  const rows = ["Call Anna", "Call Anna", "Call Anna back"].map((title, id) => ({ id, title }));
  assert.deepEqual(meantBy("call anna", rows).map(({ id }) => id), [0, 1]);
});

const NAMES = [
  "Call with the certification lab",
  "Call with Emma",
  "Website relaunch",
  "The Project",
  "Stand-up",
];

for (
  const [said, meant] of [
    ["lunch with Jonas", undefined],
    ["lunch with Emma", undefined],
    ["call with Jonas", undefined],
    ["mobile website", undefined],
    ["the task", undefined],
    ["call with Emma", "Call with Emma"],
    ["Emma", "Call with Emma"],
    ["my call with the lab", "Call with the certification lab"],
    ["website", "Website relaunch"],
    ["the relaunch of the website", "Website relaunch"],
    ["stand-up, as I am ill", "Stand-up"],
    ["The Project", "The Project"],
  ] as const
) {
  Deno.test(`"${said}" means ${meant === undefined ? "none of these" : `"${meant}"`}`, () => {
    const rows = NAMES.map((title, id) => ({ id, title }));
    assert.deepEqual(meantBy(said, rows).map(({ title }) => title), meant === undefined ? [] : [meant]);
  });
}
