// The demo's own tools, by the very command that an adopter calls.
import assert from "node:assert/strict";
import { runCheckTools } from "../../../dev/check_tools/run_check_tools.ts";
import { PLAIN } from "../../../dev/terminal/style.ts";
import { testStack } from "../../support/stack/stack.ts";

Deno.test("deno task check-tools: all of the demo's 21 tools pass", async () => {
  const lines: string[] = [];
  const paper = { style: PLAIN, width: 120, line: (text = "") => void lines.push(text) };
  const code = await runCheckTools([], { server_url: testStack().admin_url, paper });
  assert.equal(code, 0, lines.join("\n"));
  assert.match(lines.at(-1) ?? "", /^All 21 tools passed, in \d+ calls\.$/);
});
