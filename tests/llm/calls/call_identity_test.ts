// Which call a piece is of, where hosts leave out, repeat, change and misuse ids and indexes.
import assert from "node:assert/strict";
import type { Json } from "../../../shared/contracts/text.ts";
import type { ToolCallDelta } from "../../../shared/llm/wire/wire_chunk.ts";
import { collectPieces, NOTES, piece, TASKS } from "./call_support.ts";

interface Case {
  policy: string;
  pieces: ToolCallDelta[];
  calls: Json[] | "nameless";
  ids?: string[];
  /** The names that are told, in order; as many as there are calls unless said otherwise. */
  named?: string[];
}

const ONE: Json[] = [[TASKS, { n: 1 }]];
const TWO: Json[] = [[TASKS, { n: 1 }], [TASKS, { n: 2 }]];
const BOTH: Json[] = [[TASKS, { n: 1 }], [NOTES, { m: 2 }]];
const [HEAD, TAIL] = ['{"n"', ":1}"];

const CHANGING_IDS: Case[] = [
  {
    policy:
      "a new id in every piece means nothing where the index stays and no name comes (OCI, litellm#40040)",
    pieces: [
      piece(0, "a91e", TASKS, ""),
      piece(0, "b49e", "", HEAD),
      piece(0, "ed82", "", TAIL),
      piece(0, "72b4", "", ""),
    ],
    calls: ONE,
    ids: ["a91e"],
  },
  {
    policy: "nor where no index comes (LM Studio, NousResearch/hermes-agent#5254)",
    pieces: [
      piece(null, "a", TASKS, ""),
      piece(null, "b", "", HEAD),
      piece(null, "c", "", TAIL),
      piece(null, "d", "", ""),
    ],
    calls: ONE,
    ids: ["a"],
  },
  {
    policy: "nor where the name comes again with every piece",
    pieces: [
      piece(0, "a", TASKS, ""),
      piece(0, "b", TASKS, HEAD),
      piece(0, "c", TASKS, TAIL),
      piece(0, "d", TASKS, ""),
    ],
    calls: ONE,
    ids: ["a"],
  },
  {
    policy: "an id that changes once, behind the first piece, is the same call's (poolsideai/pool#9)",
    pieces: [piece(0, "x", TASKS, ""), piece(0, "y", null, HEAD), piece(0, "y", null, TAIL)],
    calls: ONE,
    ids: ["x"],
  },
  {
    policy: "two calls whose ids change with every piece are told apart by their indexes",
    pieces: [
      piece(0, "a", TASKS, ""),
      piece(0, "b", "", '{"n":1}'),
      piece(1, "c", NOTES, ""),
      piece(1, "d", "", '{"m":2}'),
      piece(0, "e", "", ""),
    ],
    calls: BOTH,
    ids: ["a", "c"],
  },
  {
    policy: "and by their names where there is no index",
    pieces: [
      piece(null, "a", TASKS, ""),
      piece(null, "b", null, '{"n":1}'),
      piece(null, "c", NOTES, ""),
      piece(null, "d", null, '{"m":2}'),
    ],
    calls: BOTH,
    ids: ["a", "c"],
  },
];

const LATE_IDS: Case[] = [
  {
    policy: "an id that comes with the last piece is the call's",
    pieces: [piece(0, null, TASKS, ""), piece(0, null, null, '{"n":1}'), piece(0, "late", null)],
    calls: ONE,
    ids: ["late"],
  },
  {
    policy: "also without an index",
    pieces: [piece(null, null, TASKS, ""), piece(null, null, null, '{"n":1}'), piece(null, "late", null)],
    calls: ONE,
    ids: ["late"],
  },
  {
    policy: "also where the name comes with it once more",
    pieces: [piece(0, "", TASKS, HEAD), piece(0, "", null, TAIL), piece(0, "late", TASKS, "")],
    calls: ONE,
    ids: ["late"],
  },
  {
    policy: "ids that come late find the calls that are open at their indexes",
    pieces: [
      piece(0, null, TASKS, '{"n":1}'),
      piece(1, null, NOTES, '{"m":2}'),
      piece(1, "b", null),
      piece(0, "a", null, ""),
    ],
    calls: BOTH,
    ids: ["a", "b"],
  },
  {
    policy:
      "an id that comes first, before name and arguments, is the call's (Fireworks, timbal-ai/timbal#27)",
    pieces: [piece(0, "a", null, ""), piece(0, "a", TASKS), piece(0, "a", null, '{"n":1}')],
    calls: ONE,
    ids: ["a"],
  },
  {
    policy: "an index that comes later than the id names the same call",
    pieces: [piece(null, "a", TASKS, ""), piece(0, "a", TASKS, HEAD), piece(0, null, null, TAIL)],
    calls: ONE,
    ids: ["a"],
  },
];

const SHARED_IDS: Case[] = [
  {
    policy: "one id for two tools is two calls",
    pieces: [piece(0, "a", TASKS, '{"n":1}'), piece(1, "a", NOTES, '{"m":2}')],
    calls: BOTH,
    ids: ["a", "new1"],
  },
  {
    policy: "one id for two calls of one tool is two calls where their arguments differ (HKUDS/nanobot#3943)",
    pieces: [piece(0, "a", TASKS, '{"n":1}'), piece(1, "a", TASKS, '{"n":2}')],
    calls: TWO,
    ids: ["a", "new1"],
  },
  {
    policy: "also without an index, and under one and the same",
    pieces: [
      piece(0, "a", TASKS, '{"n":1}'),
      piece(0, "a", TASKS, '{"n":2}'),
      piece(null, "a", TASKS, '{"n":3}'),
    ],
    calls: [...TWO, [TASKS, { n: 3 }]],
    ids: ["a", "new1", "new2"],
  },
  {
    policy: "under one id the index says whose the arguments are",
    pieces: [
      piece(0, "a", TASKS, ""),
      piece(1, "a", TASKS, ""),
      piece(1, "a", null, '{"n"'),
      piece(0, "a", null, '{"n":1'),
      piece(1, "a", null, ":2}"),
      piece(0, "a", null, "}"),
    ],
    calls: TWO,
    ids: ["a", "new1"],
  },
  {
    policy: "one id in every piece of a call is one call",
    pieces: [
      piece(0, "a", TASKS, ""),
      piece(0, "a", TASKS, HEAD),
      piece(0, "a", TASKS, TAIL),
      piece(0, "a", TASKS, ""),
    ],
    calls: ONE,
    ids: ["a"],
  },
  {
    policy: "an id that is null, empty or blank is none",
    pieces: [piece(0, null, TASKS, HEAD), piece(0, "", null, ":"), piece(0, "  ", null, "1}")],
    calls: ONE,
    ids: ["new1"],
  },
];

const INDEXES: Case[] = [
  {
    policy: "indexes that begin at 1, or jump, are as good as others",
    pieces: [piece(1, "a", TASKS, HEAD), piece(7, "b", NOTES, '{"m":2}'), piece(1, null, null, TAIL)],
    calls: BOTH,
  },
  {
    policy: "an index that is always 0 merges no calls with ids (ollama/ollama#15457)",
    pieces: [piece(0, "a", TASKS, '{"n":1}'), piece(0, "b", TASKS, '{"n":2}')],
    calls: TWO,
    ids: ["a", "b"],
  },
  {
    policy: "nor where they are told together and come one after the other by their ids",
    pieces: [
      piece(0, "a", TASKS, ""),
      piece(0, "b", TASKS, ""),
      piece(0, "a", null, HEAD),
      piece(0, "b", null, '{"n":2}'),
      piece(0, "a", null, TAIL),
    ],
    calls: TWO,
    ids: ["a", "b"],
    named: [TASKS, TASKS],
  },
  {
    policy: "nor calls without ids, as soon as the arguments of the one before are whole",
    pieces: [piece(0, null, TASKS, '{"n":1}'), piece(0, null, TASKS, '{"n"'), piece(0, null, null, ":2}")],
    calls: TWO,
  },
  {
    policy: "three calls of one tool under one index are three",
    pieces: [1, 2, 3].map((n) => piece(0, null, TASKS, `{"n":${n}}`)),
    calls: [...TWO, [TASKS, { n: 3 }]],
  },
  {
    policy:
      "the last pieces of a call under an index that nothing else has are the call's (pipecat-ai/pipecat#4688)",
    pieces: [
      piece(0, "a", TASKS, ""),
      piece(0, null, null, HEAD),
      piece(1, null, null, ":"),
      piece(1, null, null, "1}"),
    ],
    calls: ONE,
  },
  {
    policy:
      "the first piece of a call may have the number of its tool, and the others their own (sgl-project/sglang#6310)",
    pieces: [
      piece(1, "a", TASKS, ""),
      piece(0, null, null, HEAD),
      piece(0, null, null, TAIL),
      piece(0, "b", NOTES, ""),
      piece(1, null, null, '{"m"'),
      piece(1, null, null, ":2}"),
    ],
    calls: BOTH,
    ids: ["a", "b"],
  },
  {
    policy: "an index with a name and no id is a call (Nebius, Cerebras)",
    pieces: [piece(0, "a", TASKS, '{"n":1}'), piece(1, null, TASKS, ""), piece(1, null, null, '{"n":2}')],
    calls: TWO,
    ids: ["a", "new1"],
  },
  {
    policy: "indexes that begin again for more calls make no old call longer (unslothai/unsloth#8754)",
    pieces: [
      piece(0, "a", TASKS, '{"n":1}'),
      piece(0, "b", NOTES, ""),
      piece(0, null, null, '{"m"'),
      piece(0, null, null, ":2}"),
    ],
    calls: BOTH,
  },
  {
    policy: "ids alone tell calls apart that come one after the other, piece by piece",
    pieces: [
      piece(null, "a", TASKS, HEAD),
      piece(null, "b", TASKS, '{"n"'),
      piece(null, "a", null, TAIL),
      piece(null, "b", null, ":2}"),
    ],
    calls: TWO,
    ids: ["a", "b"],
  },
  {
    policy: "a piece with nothing in it makes no call beside others",
    pieces: [piece(0, "a", TASKS, '{"n":1}'), piece(1, "b", "", ""), piece(2, null, null)],
    calls: ONE,
  },
  {
    policy: "calls that never get a name are malformed",
    pieces: [piece(0, "a", TASKS, '{"n":1}'), piece(1, "b", "", '{"n":2}')],
    calls: "nameless",
    named: [TASKS],
  },
];

const SENT_TWICE: Case[] = [
  {
    policy: "calls that come once more with the last frame are no more calls",
    pieces: [
      piece(0, "a", TASKS, HEAD),
      piece(0, null, null, TAIL),
      piece(1, "b", NOTES, '{"m":2}'),
      piece(0, "a", TASKS, '{"n":1}'),
      piece(1, "b", NOTES, '{"m":2}'),
    ],
    calls: BOTH,
    ids: ["a", "b"],
  },
  {
    policy: "nor without ids, or with nothing but names",
    pieces: [
      piece(null, null, TASKS, '{"n":1}'),
      piece(null, null, NOTES, '{"m":2}'),
      piece(null, null, TASKS, '{ "n": 1 }'),
      piece(null, null, NOTES, { m: 2 }),
    ],
    calls: BOTH,
  },
  {
    policy: "nor under their ids with other indexes (QuantumNous/new-api#6278)",
    pieces: [piece(0, "a", TASKS, HEAD), piece(0, null, null, TAIL), piece(1, "a", TASKS, '{"n":1}')],
    calls: ONE,
    ids: ["a"],
  },
  {
    policy: "where the keys come in another order, it is the same call",
    pieces: [piece(0, "a", TASKS, '{"n":1,"m":[2]}'), piece(0, "a", TASKS, '{"m":[2],"n":1}')],
    calls: [[TASKS, { n: 1, m: [2] }]],
  },
  {
    policy: "a call that is repeated gets the id that only its repetition has",
    pieces: [piece(0, null, TASKS, '{"n":1}'), piece(0, "late", TASKS, '{"n":1}')],
    calls: ONE,
    ids: ["late"],
  },
  {
    policy: "broken calls that come twice are one",
    pieces: [piece(0, "a", TASKS, "{n:1}"), piece(0, "a", TASKS, "{n:1}")],
    calls: [[TASKS, "broken", ""]],
  },
  {
    policy: "equal calls with ids of their own both stand",
    pieces: [piece(0, "a", TASKS, '{"n":1}'), piece(1, "b", TASKS, '{"n":1}')],
    calls: [...ONE, ...ONE],
    ids: ["a", "b"],
  },
  {
    policy: "also under one index, and without arguments",
    pieces: [
      piece(0, "a", TASKS, "{}"),
      piece(0, "b", TASKS, "{}"),
      piece(0, "c", NOTES, ""),
      piece(0, "d", NOTES, ""),
    ],
    calls: [[TASKS, {}], [TASKS, {}], [NOTES, {}], [NOTES, {}]],
    ids: ["a", "b", "c", "d"],
  },
  {
    policy: "equal calls with indexes of their own both stand",
    pieces: [piece(0, null, TASKS, "{}"), piece(1, null, TASKS, "{}")],
    calls: [[TASKS, {}], [TASKS, {}]],
  },
];

const GROUPS = { CHANGING_IDS, LATE_IDS, SHARED_IDS, INDEXES, SENT_TWICE };

for (const [group, cases] of Object.entries(GROUPS)) {
  for (const { policy, pieces, calls, ids, named } of cases) {
    Deno.test(`${group.toLowerCase().replace("_", " ")}: ${policy}`, () => {
      const collected = collectPieces(pieces);
      const words = Array.isArray(calls)
        ? calls.map((call) => Array.isArray(call) && call[1] === "broken")
        : [];
      const seen = Array.isArray(collected.calls)
        ? collected.calls.map((call, at) =>
          words[at] && Array.isArray(call) ? [call[0] ?? null, call[1] ?? null, ""] : call
        )
        : collected.calls;
      assert.deepEqual(seen, calls);
      if (ids) assert.deepEqual(collected.ids, ids);
      const names = Array.isArray(calls) ? calls.map((call) => Array.isArray(call) ? call[0] : null) : [];
      assert.deepEqual([...collected.named, ...collected.at_end], named ?? names);
    });
  }
}
