import assert from "node:assert/strict";
import { z } from "zod";
import { ok } from "../../shared/contracts/tool_result.ts";
import { defineDomain } from "../../shared/tools/define_domain.ts";
import { defineReadTool } from "../../shared/tools/define_tool.ts";

const look = defineReadTool({
  name: "look",
  category: "list",
  description: "Looks",
  args: z.strictObject({}),
  run: () => Promise.resolve(ok(null, "")),
});
const DOMAIN = { about: "a shelf", contexts: ["book"], catalogue: [look] };

Deno.test("a domain without tools and contexts is a domain", () => {
  const blank = { about: "nothing yet", contexts: [], catalogue: [] };
  assert.equal(defineDomain(blank), blank);
  assert.equal(defineDomain(DOMAIN), DOMAIN);
});

const FAULTS: [change: Partial<typeof DOMAIN>, message: string][] = [
  [{ catalogue: [look, look] }, 'two tools are named "look"'],
  [{ contexts: ["book", "shelf", "book"] }, 'two contexts are named "book"'],
  [{ contexts: ["general"] }, 'two contexts are named "general"'],
  [{ contexts: ["global"] }, 'two contexts are named "global"'],
  [{ contexts: ["Book"] }, 'the context "Book" does not match ^[a-z][a-z0-9_]{0,62}$'],
  [{ contexts: ["x".repeat(64)] }, `the context "${"x".repeat(64)}" does not match ^[a-z][a-z0-9_]{0,62}$`],
  [{ about: " " }, "it does not say what it is about"],
];

for (const [change, message] of FAULTS) {
  Deno.test(`a domain is refused at start because ${message}`, () => {
    assert.throws(() => defineDomain({ ...DOMAIN, ...change }), {
      message: `Cannot define the domain: ${message}`,
    });
  });
}
