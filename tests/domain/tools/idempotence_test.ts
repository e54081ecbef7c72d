// The demo workspace's write tools have their effect once: each in one way here, in all of them in idempotence_deep_test.ts.
import assert from "node:assert/strict";
import { domain } from "../../../shared/domain/domain.ts";
import { testCallsAgain } from "../../support/tools/call_again.ts";
import { newWorkspaceUser } from "../support/workspace_user.ts";
import { newToolUser } from "./support.ts";
import { MEANWHILE, newWorld, TABLES, WRITE_CASES } from "./write_cases.ts";

testCallsAgain({
  domain,
  newUser: newWorkspaceUser,
  tables: TABLES,
  cases: WRITE_CASES.filter(({ tool }, at) => WRITE_CASES.findIndex((one) => one.tool === tool) === at),
  newWorld,
  meanwhile: MEANWHILE,
});

Deno.test("a call of which nothing came of may be made again", async () => {
  const me = await newToolUser();
  const { event_id } = await newWorld(me);
  const call_id = crypto.randomUUID();
  const refused = await me.call("update_calendar_event", {
    event_id,
    updates: { end_time: "2026-11-24T11:00" },
  }, call_id);
  assert.deepEqual([refused.ok, refused.message], [false, "The end must be after the start."]);
  await me.ok("update_calendar_event", { event_id, updates: { end_time: "2026-11-24T15:00" } }, call_id);
});
