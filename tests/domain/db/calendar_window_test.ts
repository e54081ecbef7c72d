// A window of the calendar is bounded in SQL: whoever calls its functions over REST can't have ages laid out.
import assert from "node:assert/strict";
import { newWorkspaceUser } from "../support/workspace_user.ts";

const AGES: Record<string, [from: string | null, to: string | null]> = {
  "9,999 years": ["0001-01-01", "9999-12-31"],
  "a window without a beginning": [null, "9999-12-31"],
  "a window without an end": ["2026-01-01", null],
  "a window that begins at -infinity": ["-infinity", "2026-01-01"],
  "a window that ends at infinity": ["2026-01-01", "infinity"],
};
const SLOT = { p_minutes: 30, p_time_zone: "UTC", p_now: "0001-01-01" };

for (const [name, [from, to]] of Object.entries(AGES)) {
  Deno.test(`${name} is refused with 400, by occurrences and by free slots`, async () => {
    const { client } = await newWorkspaceUser();
    const event = {
      title: "E",
      starts_at: "2000-01-01",
      ends_at: "2000-01-02",
      recurrence: "daily" as const,
    };
    assert.equal((await client.from("calendar_events").insert(event)).error, null);
    // The types know no null; REST takes it.
    const window = JSON.parse(JSON.stringify({ p_from: from, p_to: to }));
    const occurrences = await client.rpc("calendar_occurrences", window);
    assert.deepEqual([occurrences.status, occurrences.error?.code], [400, "22023"]);
    const slots = await client.rpc("free_slots", { ...window, ...SLOT });
    assert.deepEqual([slots.status, slots.error?.code], [400, "22023"]);
  });
}

Deno.test("a slot of no minutes, or of more than a day, is refused with 400", async () => {
  const { client } = await newWorkspaceUser();
  for (const p_minutes of [0, -30, 1_441, 2_147_483_647]) {
    const window = { p_from: "2026-01-01", p_to: "2026-01-02" };
    const { status, error } = await client.rpc("free_slots", { ...window, ...SLOT, p_minutes });
    assert.deepEqual([status, error?.code], [400, "22023"], String(p_minutes));
  }
});

Deno.test("the longest window that is laid out has 367 days, for free slots 93", async () => {
  const { client } = await newWorkspaceUser();
  const p_from = "2026-01-01T00:00:00Z";
  const year = await client.rpc("calendar_occurrences", { p_from, p_to: "2027-01-03T00:00:00Z" });
  assert.equal(year.error, null);
  const longer = await client.rpc("calendar_occurrences", { p_from, p_to: "2027-01-03T00:00:01Z" });
  assert.equal(longer.error?.code, "22023");
  const quarter = await client.rpc("free_slots", { ...SLOT, p_from, p_to: "2026-04-04T00:00:00Z" });
  assert.equal(quarter.error, null);
});
