// The self-test of somebody else's project: what is found is its own, and the engine beside it is clean.
import assert from "node:assert/strict";
import { z } from "zod";
import { runSecurity } from "../../../dev/security/run_security.ts";
import { PLAIN } from "../../../dev/terminal/style.ts";
import { adoptedProject } from "../../support/projects/adopted_project.ts";
import { testStack } from "../../support/stack/stack.ts";

const Outcome = z.object({
  schemas: z.array(z.string()),
  findings: z.array(z.object({ check_id: z.string(), object: z.string() })),
});

Deno.test("of a project with faults of its own those alone are found, in every schema of its API", async () => {
  await using project = await adoptedProject("crm");
  const lines: string[] = [];
  const paper = { style: PLAIN, width: 80, line: (text = "") => void lines.push(text) };
  const code = await runSecurity(["--project", project.root, "--json"], {
    ...{ server_url: testStack().admin_url, paper, now: () => 0 },
  });
  assert.equal(code, 1);
  const { schemas, findings } = Outcome.parse(JSON.parse(lines.join("\n")));
  assert.deepEqual(schemas, ["public", "agent"]);
  assert.ok(
    findings.some(({ check_id, object }) => check_id === "S01" && object === "public.exchange_rates"),
  );
  assert.deepEqual(findings.filter(({ object }) => /\bagent(_private)?\./.test(object)), []);
});
