// A user whose quota is used up, whichever of the four it is, gets no model call, however often they try every door.
import { DOORS, QUOTAS, tryDoor } from "../support/models/doors.ts";
import { functionsWith } from "../support/stack/functions.ts";
import { test } from "../support/test.ts";

for (const [quota, limit] of Object.entries(QUOTAS)) {
  test(`beyond ${quota} no door leads to a model, at twenty tries`, async () => {
    await using functions = await functionsWith({ [quota]: limit });
    for (const door of Object.keys(DOORS)) await tryDoor(door, functions.url, 20);
  });
}
