// The lines in `domain.ts`: added to what stands there, never twice, and to nothing that can't be recognised.
import assert from "node:assert/strict";
import { insertLines, linesFor } from "../../../dev/new_tools/insert_lines.ts";

const BLANK = `// What the agents work on.
import { defineDomain } from "../tools/define_domain.ts";

export const domain = defineDomain({
  // Every prompt pays for it.
  about: "the data of this app",
  contexts: [],
  catalogue: [],
});
`;

const DEALS = { list: "dealTools", path: "./tools/deals.ts", context: "deal" };
const LOGS = { list: "logTools", path: "./tools/logs.ts", context: null };

Deno.test("tools get an import, a line in the catalogue, and a context where a chat can be about a row", () => {
  assert.equal(
    insertLines(BLANK, [DEALS, LOGS]),
    `// What the agents work on.
import { defineDomain } from "../tools/define_domain.ts";
import { dealTools } from "./tools/deals.ts";
import { logTools } from "./tools/logs.ts";

export const domain = defineDomain({
  // Every prompt pays for it.
  about: "the data of this app",
  contexts: [
    "deal",
  ],
  catalogue: [
    ...dealTools,
    ...logTools,
  ],
});
`,
  );
});

Deno.test("what is there already is not added again", () => {
  const once = insertLines(BLANK, [DEALS]);
  assert.ok(once);
  assert.equal(insertLines(once, [DEALS]), once);
});

Deno.test("lists in one line stay in one line, with what an adopter has put there", () => {
  const own = `import { defineDomain } from "../tools/define_domain.ts";
import { mine } from "./mine.ts";
export const domain = defineDomain({ about: "x", contexts: ["a", /* b */ "c"], catalogue: [...mine.filter(Boolean), mine[0]] });
`;
  assert.equal(
    insertLines(own, [DEALS]),
    `import { defineDomain } from "../tools/define_domain.ts";
import { mine } from "./mine.ts";
import { dealTools } from "./tools/deals.ts";
export const domain = defineDomain({ about: "x", contexts: ["a", /* b */ "c", "deal"], catalogue: [...mine.filter(Boolean), mine[0], ...dealTools] });
`,
  );
});

Deno.test("a list whose last line has no comma gets one, and a comment behind it stays", () => {
  const own = BLANK.replace("catalogue: []", "catalogue: [\n    ...a, // first\n    ...b // last\n  ]");
  assert.match(
    insertLines(own, [DEALS]) ?? "",
    /\.\.\.a, \/\/ first\n {4}\.\.\.b,\n {4}\.\.\.dealTools \/\/ last\n {2}\]/,
  );
});

const FOREIGN: Record<string, string> = {
  "no domain at all": "export const domain = {};",
  "lists that are names": BLANK.replace("catalogue: []", "catalogue"),
  "a list that a function makes": BLANK.replace("catalogue: []", "catalogue: all()"),
  "no import": `export const domain = defineDomain({ contexts: [], catalogue: [] });`,
  "no TypeScript": "<html></html>",
  "an empty file": "",
};

for (const [what, source] of Object.entries(FOREIGN)) {
  Deno.test(`a file with ${what} is left to its owner, who is told the lines`, () => {
    assert.equal(insertLines(source, [DEALS]), null);
  });
}

Deno.test("the lines that are told are those that would be added", () => {
  assert.deepEqual(linesFor(DEALS), [
    'import { dealTools } from "./tools/deals.ts";',
    "  catalogue: [..., ...dealTools],",
    '  contexts: [..., "deal"],',
  ]);
});
