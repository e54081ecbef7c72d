// The words of `deno task ask`.
import assert from "node:assert/strict";
import { askArguments } from "../../../dev/ask/ask_arguments.ts";
import { LOCAL_PUBLISHABLE_KEY } from "../../../dev/local_key.ts";

const asked = (...args: string[]) => askArguments(args, "Europe/Berlin");

Deno.test("a message alone goes to the local stack of this repository, declines what is asked, and shows all", () => {
  assert.deepEqual(asked("What", "is there?"), {
    message: "What is there?",
    destination: { project: undefined, port: 54321 },
    body: {
      ...{ context_type: undefined, entity_id: undefined, session_id: undefined },
      time_zone: "Europe/Berlin",
    },
    approves: "nothing",
    prints: "all",
  });
});

Deno.test("flags name the project, what the message is about, and how it is answered", () => {
  const words = [
    "--project",
    "../app",
    "--port",
    "1",
    "--context-type",
    "deal",
    "--entity-id",
    "4",
    "--session",
    "s",
    "--yes",
  ];
  const read = asked(...words, "--json", "--time-zone", "UTC", "Hello");
  assert.ok(typeof read === "object" && !("problem" in read));
  assert.deepEqual(read.destination, { project: "../app", port: 1 });
  assert.deepEqual(read.body, { context_type: "deal", entity_id: "4", session_id: "s", time_zone: "UTC" });
  assert.deepEqual([read.approves, read.prints], ["everything", "json"]);
});

Deno.test("on this machine the publishable key is known; elsewhere it is asked for", () => {
  const read = asked("--url", "http://127.0.0.1:1", "--token", "t", "Hello");
  assert.ok(typeof read === "object" && !("problem" in read));
  assert.deepEqual(read.destination, {
    ...{ url: "http://127.0.0.1:1", token: "t", publishable_key: LOCAL_PUBLISHABLE_KEY },
  });
});

const PROBLEMS: [words: string[], problem: RegExp][] = [
  [[], /There is no message/],
  [["  "], /There is no message/],
  [["--projekt", "x", "Hi"], /There is no flag --projekt; did you mean --project\?/],
  [["Hi", "--project"], /--project/],
  [["--url", "http://127.0.0.1:1", "Hi"], /--url needs --token/],
  [["--port", "none", "Hi"], /--port must be a port, not "none"/],
  [["--port", "99999", "Hi"], /--port must be a port, not "99999"/],
  [["--token", "t", "Hi"], /go with --url/],
  [["--url", "https://x.example", "--token", "t", "Hi"], /needs --key/],
  [["--url", "https://x.example", "--token", "t", "--key", "sb_secret_1", "Hi"], /is a secret key/],
  [["--url", "nowhere", "--token", "t", "Hi"], /must be a URL, not "nowhere"/],
  [["--url", "http://127.0.0.1:1", "--token", "t", "--project", "x", "Hi"], /not to both/],
];

for (const [words, problem] of PROBLEMS) {
  Deno.test(`\`ask ${words.join(" ")}\` is refused in a sentence`, () => {
    const read = asked(...words);
    assert.ok(typeof read === "object" && "problem" in read);
    assert.match(read.problem, problem);
  });
}
