// The whole contract test of a catalogue: tools that create first, since others need rows; the largest answers last, since
// they need many.
import type { Tool } from "../../shared/tools/define_tool.ts";
import type { Domain } from "../../shared/tools/define_domain.ts";
import { type Checking, withChecking } from "./checking.ts";
import { checkDeclared } from "./declared.ts";
import { type Findings, findingsOf, type ToolFindings } from "./findings.ts";
import type { OpenPlace } from "./place.ts";
import { checkReading } from "./reading.ts";
import { checkSize, fillWithLongTexts } from "./sizes.ts";
import type { Answer } from "./trying.ts";
import { checkWriting } from "./writing.ts";

export interface Checked {
  /** In the order of the catalogue. */
  tools: ToolFindings[];
  /** Tables for which no row could be made, and why. */
  without_rows: readonly (readonly [table: string, why: string])[];
}

export async function checkCatalogue(
  place: OpenPlace,
  domain: Domain,
  told: (tool: string) => void = () => {},
): Promise<Checked> {
  return await withChecking(place, domain, async (checking) => {
    const findings = new Map(domain.catalogue.map((tool) => [tool, findingsOf(tool.name, tool.access)]));
    const reads = new Map<Tool, Answer[]>();
    for (const tool of domain.catalogue.toSorted((a, b) => turn(a) - turn(b))) {
      told(tool.name);
      const found = findings.get(tool) ?? findingsOf(tool.name, tool.access);
      const answers = await checkTool(checking, tool, found);
      if (tool.access === "read") reads.set(tool, answers);
    }
    await fillWithLongTexts(checking);
    for (const [tool, answers] of reads) {
      const found = findings.get(tool);
      if (found) await checkSize(checking, tool, answers, found);
    }
    return {
      tools: [...findings.values()].map(({ found }) => found),
      without_rows: [...checking.maker.problems],
    };
  });
}

function turn(tool: Tool): number {
  if (tool.access === "read") return 1;
  return tool.writes.every(({ op }) => op === "INSERT") ? 0 : 2;
}

async function checkTool(checking: Checking, tool: Tool, findings: Findings): Promise<Answer[]> {
  await checkDeclared(checking, tool, findings);
  try {
    if (tool.access === "read") return await checkReading(checking, tool, findings);
    await checkWriting(checking, tool, findings);
  } catch (error) {
    findings.fails(
      "answers",
      `The check of it came to an end: ${error instanceof Error ? error.message : error}`,
    );
  }
  return [];
}
