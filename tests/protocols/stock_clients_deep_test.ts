// The clients themselves, as they come from npm, read the golden logs and logs in any order: every frame fits their
// schemas, and every stream ends in the message that we keep as history.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { z } from "zod";
import { endsSegment, type RunEvent } from "../../shared/contracts/events.ts";
import type { ChunkSet } from "../../shared/protocols/ai_sdk/ai_sdk_chunk.ts";
import { uiMessageOf } from "../../shared/protocols/ai_sdk/ui_history.ts";
import { type ProjectedFrame, sseText } from "../../shared/protocols/frame.ts";
import { readGoldenLogs } from "../golden/golden_log.ts";
import { executorAsks } from "./log_of.ts";
import { randomLog } from "./random_log.ts";
import { eventsOfLog, type Projected, PROJECTIONS } from "./recording.ts";

const AI_SDK = { "5": "npm:ai@5.0.277", "6": "npm:ai@6.0.326", "7": "npm:ai@7.0.173" } as const;
const AG_UI = ["npm:@ag-ui/client@1.0.0", "npm:@ag-ui/core@1.0.0/schemas"];

/** By name: the golden logs, and the same random ones each time. */
const LOGS = new Map<string, RunEvent[]>([
  ...(await readGoldenLogs()).map((log): [string, RunEvent[]] => [log.name, eventsOfLog(log)]),
  ...fc.sample(randomLog, { numRuns: 200, seed: 12 }).map((
    events,
    i,
  ): [string, RunEvent[]] => [`random ${i}`, events]),
]);

function projectionNamed(name: Projected["name"]): Projected {
  const projected = PROJECTIONS.find((one) => one.name === name);
  assert.ok(projected);
  return projected;
}

async function run(program: string, args: readonly string[], input: unknown): Promise<unknown> {
  const file = fileURLToPath(new URL(`./${program}`, import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", "--no-lock", "--no-config", file, ...args],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const output = child.output();
  await new Blob([JSON.stringify(input)]).stream().pipeTo(child.stdin);
  const { success, stdout, stderr } = await output;
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const chunksIn = (frames: readonly ProjectedFrame[]): unknown[] =>
  frames.flatMap(({ data }): unknown[] => data === "[DONE]" ? [] : [JSON.parse(data)]);

const AiSdkTold = z.object({
  refused: z.array(z.string()),
  messages: z.record(
    z.string(),
    z.object({ message: z.json(), told: z.array(z.string()), sends: z.boolean() }),
  ),
});

/** As JSON has it, without what version 5 does not keep of a tool. */
const plain = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (key, item) => key === "providerExecuted" ? undefined : item));

// Every client reads the sets that it may be sent: its own and those before it.
const PAIRS: [keyof typeof AI_SDK, ChunkSet][] = [
  ["5", "5"],
  ["6", "5"],
  ["6", "6"],
  ["7", "5"],
  ["7", "6"],
  ["7", "7"],
];

for (const [version, set] of PAIRS) {
  Deno.test(`AI SDK ${version} reads set ${set}: every frame fits, and each run is the message of its history`, async () => {
    const { frames } = projectionNamed(`ai_sdk_${set}`);
    const streams = [...LOGS].map(([name, events]) => ({
      name,
      chunks: chunksIn(frames(events)),
    }));
    const told = AiSdkTold.parse(await run("stock_ai_sdk.ts", [AI_SDK[version]], streams));
    assert.deepEqual(told.refused, []);
    for (const [name, events] of LOGS) {
      const end = events.at(-1);
      const one = told.messages[name];
      assert.deepEqual(one?.told, end?.type === "error" ? [end.message] : [], name);
      assert.deepEqual(plain(one?.message), plain(uiMessageOf(events, set)), name);
    }
  });
}

Deno.test("AI SDK 6 and 7 send what their user decided by themselves, once every call that waits is decided on", async () => {
  const golden = [...LOGS].flatMap(([name, events]) => name.startsWith("random") ? [] : [events]);
  const logs = [...golden, executorAsks()];
  const paused = logs.flatMap((events) =>
    events.filter(({ type }) => type === "run_paused").map(({ seq }) => events.slice(0, seq))
  );
  assert.ok(paused.length > 3);
  for (const [version, set] of PAIRS.filter(([, set]) => set !== "5")) {
    const { frames } = projectionNamed(`ai_sdk_${set}`);
    const streams = paused.map((events, i) => ({ name: `${i}`, chunks: chunksIn(frames(events)) }));
    const { messages } = AiSdkTold.parse(await run("stock_ai_sdk.ts", [AI_SDK[version]], streams));
    assert.deepEqual(Object.values(messages).map(({ sends }) => sends), paused.map(() => true));
  }
});

/** The log's segments: up to each pause, and up to the end. */
function segmentsOf(events: readonly RunEvent[]): RunEvent[][] {
  const segments: RunEvent[][] = [[]];
  for (const [i, event] of events.entries()) {
    segments.at(-1)?.push(event);
    if (endsSegment(event) && i < events.length - 1) segments.push([]);
  }
  return segments;
}

const AgUiTold = z.object({
  refused: z.array(z.string()),
  warnings: z.array(z.string()),
  ended: z.record(
    z.string(),
    z.object({
      messages: z.array(z.looseObject({ id: z.string(), role: z.string(), content: z.json().optional() })),
      open: z.array(z.json()),
      problems: z.array(z.string()),
    }),
  ),
});

Deno.test("AG-UI's HttpAgent reads every segment: every frame fits, and each run ends with its text and its plan", async () => {
  const { frames } = projectionNamed("ag_ui");
  const logs = [...LOGS].map(([name, events]) => {
    const all = frames(events);
    const segments = segmentsOf(events).map((segment) => {
      const seqs = new Set(segment.map(({ seq }) => String(seq)));
      const own = all.filter(({ id }) => seqs.has(id.replace(/\..*$/, "")));
      return { text: own.map(sseText).join(""), events: own.map(({ data }): unknown => JSON.parse(data)) };
    });
    return { name, segments };
  });
  const told = AgUiTold.parse(await run("stock_ag_ui.ts", AG_UI, logs));
  assert.deepEqual(told.refused, []);
  assert.deepEqual(told.warnings, []);
  for (const [name, events] of LOGS) {
    const end = events.at(-1);
    const one = told.ended[name];
    assert.deepEqual(one?.problems, end?.type === "error" ? [end.message] : [], name);
    // HttpAgent keeps its interrupts where the run that answered them fails; they come back with its next run.
    const paused = events.some(({ type }) => type === "run_paused");
    assert.equal((one?.open.length ?? 0) > 0, end?.type === "error" && paused, name);
    const texts = new Map<string, string>();
    for (const event of events) {
      if (event.type !== "text") continue;
      const id = `${event.run_id}:${event.part}`;
      texts.set(id, (texts.get(id) ?? "") + event.delta);
    }
    const said = one?.messages.filter(({ id }) => texts.has(id)).map(({ id, content }) => [id, content]);
    assert.deepEqual(said, [...texts], name);
    const plan = uiMessageOf(events, "6").parts.find(({ type }) => type === "data-plan");
    const shown = one?.messages.find(({ role }) => role === "activity")?.content;
    assert.deepEqual(plain(shown ?? null), plain(plan && "data" in plan ? plan.data : null), name);
  }
});
