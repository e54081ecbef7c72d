// The name of a called tool, where hosts send it in pieces, again, or with the model's own markup around it.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import { toolName } from "../../../shared/llm/calls/tool_names.ts";
import type { ToolCallDelta } from "../../../shared/llm/wire/wire_chunk.ts";
import { collectPieces, NOTES, OFFERED, piece, TASKS } from "./call_support.ts";

interface Case {
  policy: string;
  pieces: ToolCallDelta[];
  calls: Json[];
  /** The names that were told while the pieces came, where that matters. */
  named?: string[];
}

const CASES: Case[] = [
  {
    policy: "a name in two pieces is one (continuedev/continue#5849)",
    pieces: [piece(0, "a", "get_", ""), piece(0, null, "tasks"), piece(0, null, null, "{}")],
    calls: [[TASKS, {}]],
    named: [TASKS],
  },
  {
    policy: "so is one in many pieces, without id and index",
    pieces: [..."get_tasks"].map((letter) => piece(null, null, letter)),
    calls: [[TASKS, {}]],
  },
  {
    policy: "and one whose pieces come with pieces of the arguments",
    pieces: [piece(0, "a", "get_", "{"), piece(0, "a", "tasks", '"n":1}')],
    calls: [[TASKS, { n: 1 }]],
  },
  {
    policy: "and one whose pieces come under new ids",
    pieces: [piece(0, "a", "get_", ""), piece(0, "b", "tasks", ""), piece(0, "c", "", "{}")],
    calls: [[TASKS, {}]],
  },
  {
    policy: "pieces of two names under two indexes may come in turns",
    pieces: [
      piece(0, "a", "get_"),
      piece(1, "b", "create"),
      piece(0, null, "tasks"),
      piece(1, null, "_note"),
      piece(1, null, null, "{}"),
    ],
    calls: [[TASKS, {}], ["create_note", {}]],
  },
  {
    policy: "a name that is longer with every piece is the last one",
    pieces: [
      piece(0, "a", "get_"),
      piece(0, "a", "get_tas"),
      piece(0, "a", TASKS),
      piece(0, "a", TASKS, "{}"),
    ],
    calls: [[TASKS, {}]],
    named: [TASKS],
  },
  {
    policy: "also where it was another tool's name on the way",
    pieces: [piece(0, "a", "get_task"), piece(0, "a", TASKS), piece(0, "a", null, "{}")],
    calls: [[TASKS, {}]],
    named: [TASKS],
  },
  {
    policy: "or became one with the next piece",
    pieces: [piece(0, "a", "get_task"), piece(0, null, "s"), piece(0, null, null, "{}")],
    calls: [[TASKS, {}]],
    named: [TASKS],
  },
  {
    policy: "a tool whose name begins another's is told with its arguments",
    pieces: [piece(0, "a", "get_task", ""), piece(0, null, null, "{}")],
    calls: [["get_task", {}]],
    named: ["get_task"],
  },
  {
    policy: "what Mistral writes behind a name is none of it (raullenchai/Rapid-MLX#579)",
    pieces: [piece(0, "a", `${TASKS}[ARGS]`, "{}")],
    calls: [[TASKS, {}]],
    named: [TASKS],
  },
  {
    policy: "or when the next call begins",
    pieces: [piece(0, "a", "get_task"), piece(1, "b", TASKS)],
    calls: [["get_task", {}], [TASKS, {}]],
    named: ["get_task", TASKS],
  },
  {
    policy: "or at the end",
    pieces: [piece(0, "a", "get_task")],
    calls: [["get_task", {}]],
    named: [],
  },
  {
    policy: "a name that comes whole with every piece is one, told once (NVIDIA NIM, hermes-agent#11984)",
    pieces: [
      piece(0, "a", TASKS, ""),
      piece(0, null, TASKS, '{"n"'),
      piece(0, null, TASKS, ":1}"),
      piece(0, null, TASKS),
    ],
    calls: [[TASKS, { n: 1 }]],
    named: [TASKS],
  },
  {
    policy: "names that are empty, blank or null behind the first piece change nothing",
    pieces: [
      piece(0, "a", TASKS),
      piece(0, "", "", '{"n"'),
      piece(0, null, " ", ":1"),
      piece(0, null, null, "}"),
    ],
    calls: [[TASKS, { n: 1 }]],
    named: [TASKS],
  },
  {
    policy: "an empty name ahead of the real one is none (Command A on vLLM, vercel/ai#16507)",
    pieces: [piece(0, "a", "", ""), piece(0, "a", TASKS, '{"n":1}')],
    calls: [[TASKS, { n: 1 }]],
  },
  {
    policy: "a name may come behind the first arguments, or behind all of them",
    pieces: [
      piece(0, "a", null, '{"n"'),
      piece(0, null, TASKS, ":1}"),
      piece(1, "b", null, "{}"),
      piece(1, "b", NOTES),
    ],
    calls: [[TASKS, { n: 1 }], [NOTES, {}]],
  },
  {
    policy: "gpt-oss's next tokens behind a name are no part of it (vllm-project/vllm#32587)",
    pieces: [
      piece(0, "a", "get_tasks<|channel|>commentary", "{}"),
      piece(1, "b", "get_notes<|constrain|>json", "{}"),
      piece(2, "c", "functions.get_tasks", "{}"),
    ],
    calls: [[TASKS, {}], [NOTES, {}], [TASKS, {}]],
    named: [TASKS, NOTES, TASKS],
  },
  {
    policy: "also where the markup comes in pieces of its own",
    pieces: [
      piece(0, "a", TASKS),
      piece(0, "a", "<|channel|>"),
      piece(0, "a", "commentary"),
      piece(0, "a", null, "{}"),
    ],
    calls: [[TASKS, {}]],
    named: [TASKS],
  },
  {
    policy: "or ahead of the name",
    pieces: [
      piece(0, "a", "<|channel|>commentary to="),
      piece(0, "a", "functions."),
      piece(0, "a", TASKS, "{}"),
    ],
    calls: [[TASKS, {}]],
    named: [TASKS],
  },
  {
    policy: "a tool that was not offered is passed on, also in pieces",
    pieces: [piece(0, "a", "rm_"), piece(0, null, "rf"), piece(0, null, null, "{}")],
    calls: [["rm_rf", {}]],
    named: ["rm_rf"],
  },
  {
    policy: "names of two tools are two calls, whether they were offered or not",
    pieces: [
      piece(0, null, TASKS, ""),
      piece(0, null, NOTES, ""),
      piece(0, null, "x", "{}"),
      piece(0, null, "y", "{}"),
    ],
    calls: [[TASKS, {}], [NOTES, {}], ["x", {}], ["y", {}]],
  },
];

for (const { policy, pieces, calls, named } of CASES) {
  Deno.test(`tool name: ${policy}`, () => {
    const collected = collectPieces(pieces);
    assert.deepEqual(collected.calls, calls);
    if (named) assert.deepEqual(collected.named, named);
    const all = calls.map((call) => Array.isArray(call) ? call[0] : null);
    assert.deepEqual([...collected.named, ...collected.at_end], all, "every call is told once");
  });
}

Deno.test("what models and hosts write around a tool's name is no part of it", () => {
  const around = [
    "get_tasks<|channel|>commentary",
    "get_tasks<|channel|>json",
    "get_tasks <|constrain|>json",
    "get_tasks<|end|>",
    "functions.get_tasks",
    "functions.get_tasks:0",
    "function.get_tasks",
    "assistant to=functions.get_tasks",
    "<|channel|>commentary to=functions.get_tasks <|constrain|>json",
    "function<｜tool▁sep｜>get_tasks",
    "get_tasks commentary",
    "default_api.get_tasks",
    ' "get_tasks" ',
    "`get_tasks`",
    "'get_tasks'",
    "\ufeffget_tasks\u0000",
  ];
  for (const raw of around) assert.equal(toolName(raw, OFFERED), TASKS, raw);
});

Deno.test("a name that holds no offered tool stays what it is, less its markup", () => {
  const kept = {
    get_tasks2: "get_tasks2",
    "get-tasks": "get-tasks",
    tasks: "tasks",
    Get_Tasks: "Get_Tasks",
    "": "",
  };
  for (const [raw, name] of Object.entries(kept)) assert.equal(toolName(raw, OFFERED), name);
  assert.equal(toolName("list all tasks", OFFERED), "list all tasks");
  assert.equal(toolName("web.search<|channel|>analysis", OFFERED), "web.search");
  assert.equal(toolName("<|constrain|>json", OFFERED), "");
});

Deno.test("arguments that have come into a name are not left out of the call: it has no name", () => {
  for (const raw of ["get_tasks\n<arg_key>n</arg_key>", "<function=get_tasks>", "get_tasks</tool_call>"]) {
    assert.equal(toolName(raw, OFFERED), "");
    assert.equal(collectPieces([piece(0, "a", raw, "{}")]).calls, "nameless");
  }
  const told = ["get_tasks({})", 'get_tasks{"n":1}', "get_tasks n=1"];
  for (const raw of told) assert.deepEqual(collectPieces([piece(0, "a", raw, "{}")]).calls, [[raw, {}]]);
});

Deno.test("an offered tool has its own name, whatever that looks like", () => {
  const odd = ["functions.list", "note:1", "a<b"];
  for (const name of odd) assert.equal(toolName(name, new Set(odd)), name);
});
