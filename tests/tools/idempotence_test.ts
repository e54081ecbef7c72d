// A call that is repeated with its id, because nobody knows whether the first one arrived, has its effect once.
import assert from "node:assert/strict";
import type { Json } from "../../shared/contracts/text.ts";
import { at, newToolUser, text, type ToolUser } from "./support.ts";

const count = async ({ user }: ToolUser, table: "tasks" | "notes" | "brain_dumps" | "calendar_events") =>
  (await user.client.from(table).select("id", { count: "exact", head: true })).count;

for (
  const [name, args, table] of [
    ["create_task", { title: "T" }, "tasks"],
    ["create_note", { content: "N" }, "notes"],
    ["create_brain_dump", { content: "B" }, "brain_dumps"],
  ] as const
) {
  Deno.test(`${name} makes one row however often it is repeated, and returns it each time`, async () => {
    const me = await newToolUser();
    const call_id = crypto.randomUUID();
    const [first, ...others] = await Promise.all(Array.from({ length: 6 }, () => me.ok(name, args, call_id)));
    for (const other of others) assert.deepEqual(other, first);
    assert.deepEqual(await me.ok(name, args, call_id), first);
    assert.equal(await count(me, table), 1);
    await me.ok(name, args);
    assert.equal(await count(me, table), 2);
  });
}

Deno.test("a repeated create_task leaves what was changed since as it is", async () => {
  const me = await newToolUser();
  const call_id = crypto.randomUUID();
  const task_id = text(await me.ok("create_task", { title: "T" }, call_id), "task.id");
  await me.ok("update_task", { task_id, updates: { title: "Renamed", status: "done" } });
  const again = await me.ok("create_task", { title: "T" }, call_id);
  assert.deepEqual([at(again, "task.id"), at(again, "task.title"), at(again, "task.status")], [
    task_id,
    "Renamed",
    "done",
  ]);
});

for (
  const [name, more] of [
    ["schedule_task", {}],
    ["update_or_schedule_task", {}],
    ["update_or_schedule_task", { force_recreate: true }],
  ] as const
) {
  Deno.test(`${name} ${JSON.stringify(more)} makes one event however often it is repeated`, async () => {
    const me = await newToolUser();
    const task_id = text(await me.ok("create_task", { title: "T" }), "task.id");
    await me.ok("schedule_task", { task_id, start_time: "2026-11-20T09:00" });
    const before = await count(me, "calendar_events") ?? 0;
    const call_id = crypto.randomUUID();
    const args: Json = { task_id, start_time: "2026-11-24T09:00", ...more };
    const first = await me.ok(name, args, call_id);
    const made = await count(me, "calendar_events") ?? 0;
    assert.deepEqual(await me.ok(name, args, call_id), first);
    assert.deepEqual(await me.ok(name, args, call_id), first);
    assert.equal(await count(me, "calendar_events"), made);
    assert.equal(made, before + (name === "schedule_task" || "force_recreate" in more ? 1 : 0));
  });
}

Deno.test("changes and cancellations end the same when they are repeated", async () => {
  const me = await newToolUser();
  const task_id = text(await me.ok("create_task", { title: "T" }), "task.id");
  const event_id = text(
    await me.ok("schedule_task", { task_id, start_time: "2026-11-24T09:00" }),
    "event.id",
  );
  const calls: [string, Json][] = [
    ["update_task", { task_id, updates: { status: "done" } }],
    ["update_calendar_event", { event_id, updates: { start_time: "2026-11-25T09:00" } }],
    ["delete_calendar_event", { event_id }],
  ];
  for (const [name, args] of calls) {
    const call_id = crypto.randomUUID();
    const timeless = (data: Json) => JSON.stringify(data).replaceAll(/"updated_at":"[^"]*",?/g, "");
    const first = timeless(await me.ok(name, args, call_id));
    assert.equal(timeless(await me.ok(name, args, call_id)), first, name);
  }
});
