// The negative corpus: streams that no server of ours sends today. Each is read as it should be, or refused with an
// error of the client's that says so; none of them is read as something that it is not.
import assert from "node:assert/strict";
import { AgentClientError, createAgentClient } from "../../client/mod.ts";
import type { RunEvent } from "../../shared/contracts/events.ts";
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import { hurriedClock, RUN_ID } from "../client/scripted_planner.ts";

type Expected =
  /** The types of the events that the client hands out. */
  | { events: RunEvent["type"][] }
  /** How it fails. */
  | { refused: AgentClientError["kind"]; says: RegExp };

const UNREADABLE: Expected = {
  refused: "internal",
  says: /sent event \d \(\w+\) that this client can't read/,
};
const BROKEN: Expected = { refused: "connection", says: /lacks what follows 1|ended before the run did/ };

const CORPUS: Record<string, Expected> = {
  unknown_type: { events: ["session", "done"] },
  future_fields: { events: ["session", "text", "done"] },
  proto_keys: { events: ["session", "text", "done"] },
  proto_arguments: { events: ["session", "tool_call", "done"] },
  // Ids are text to a client, and a later version may have other statuses.
  no_uuid: { events: ["session", "text", "done"] },
  unknown_status: { events: ["session", "done"] },
  windows_lines: { events: ["session", "text", "done"] },
  after_the_end: { events: ["session", "text", "done"] },
  ids_that_are_none: { events: ["session", "text", "done"] },
  truncated_json: UNREADABLE,
  no_json: UNREADABLE,
  null_event: UNREADABLE,
  missing_field: UNREADABLE,
  missing_seq: UNREADABLE,
  wrong_type_of_field: UNREADABLE,
  type_of_another_event: UNREADABLE,
  seq_of_another_event: UNREADABLE,
  frame_of_another_type: UNREADABLE,
  gap: BROKEN,
};

async function read(stream: Uint8Array<ArrayBuffer>): Promise<ReadEvent[]> {
  const client = createAgentClient({
    url: "http://planner.test",
    publishable_key: "key",
    token: () => "t",
    fetch: () => Promise.resolve(new Response(stream, { headers: { "content-type": "text/event-stream" } })),
    clock: hurriedClock,
    random: () => 0,
  });
  return await Array.fromAsync(client.events(RUN_ID));
}

Deno.test("every stream of the negative corpus has its expectation", async () => {
  const files = await Array.fromAsync(Deno.readDir(new URL("./negative/", import.meta.url)));
  assert.deepEqual(
    files.map(({ name }) => name.replace(/\.sse$/, "")).toSorted(),
    Object.keys(CORPUS).toSorted(),
  );
});

for (const [name, expected] of Object.entries(CORPUS)) {
  Deno.test(`a stream with ${name.replaceAll("_", " ")} is ${"events" in expected ? "read" : "refused"}`, async () => {
    const stream = await Deno.readFile(new URL(`./negative/${name}.sse`, import.meta.url));
    if ("events" in expected) {
      const events = await read(stream);
      assert.deepEqual(events.map((event) => event.type), expected.events);
      assert.ok(
        !JSON.stringify(events).includes("__proto__"),
        "a key that names a prototype is not passed",
      );
    } else {
      const error = await read(stream).then(() => null, (thrown: unknown) => thrown);
      assert.ok(error instanceof AgentClientError, String(error));
      assert.equal(error.kind, expected.refused);
      assert.match(error.message, expected.says);
      assert.equal(error.run_id, RUN_ID);
    }
    assert.equal(Reflect.get({}, "polluted"), undefined);
  });
}
