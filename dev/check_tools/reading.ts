// What a read tool must keep to.
import type { Tool } from "../../shared/tools/define_tool.ts";
import { type Canaries, canariesOf, plantCanaries, toldIn, unlisted } from "./canaries.ts";
import { type Checking, everythingSeen, fillRows, fingerprint } from "./checking.ts";
import type { Findings } from "./findings.ts";
import { checkHostile } from "./hostile.ts";
import { type Answer, tryArguments } from "./trying.ts";

export async function checkReading(checking: Checking, tool: Tool, findings: Findings): Promise<Answer[]> {
  await fillRows(checking);
  await plantCanaries(checking);
  const canaries = await canariesOf(checking);
  const before = await fingerprint(checking);
  checking.sent.length = 0;
  const answers = await tryArguments(checking, tool, findings, async ({ args, result }) => {
    tellUnlisted(result, canaries, findings);
    findings.found.calls++;
    const theirs = await checking.theirs.call(tool.name, args);
    await checkStranger(checking, theirs, canaries, findings);
  });
  if (await fingerprint(checking) !== before) findings.fails("reads_only", "A call of it changed rows.");
  const other = checking.sent.find((method) => method !== "GET" && method !== "HEAD");
  if (other !== undefined) findings.fails("reads_only", `A call of it sent a request by ${other}.`);
  await checkHostile(checking, tool, answers, findings);
  return answers;
}

type Outcome = Parameters<typeof unlisted>[0];

export function tellUnlisted(result: Outcome, canaries: Canaries, findings: Findings): void {
  const [row] = unlisted(result, canaries);
  if (row !== undefined) {
    const [relation, ...key] = row.split(" ");
    findings.fails(
      "shown",
      `It shows text of ${relation} (${key.join(" ")}) and does not list that row: shown(…).`,
    );
  }
}

/** What row-level security lets everybody see is nobody's secret. */
export async function checkStranger(
  checking: Checking,
  result: Outcome,
  canaries: Canaries,
  findings: Findings,
): Promise<void> {
  const told = toldIn(result).filter((canary) => canaries.has(canary));
  if (told.length === 0) return;
  const open = JSON.stringify([...(await everythingSeen(checking, checking.stranger)).values()]);
  const secret = told.find((canary) => !open.includes(canary));
  if (secret === undefined) return findings.note("What it shows are rows that every user may see.");
  findings.fails("strangers", `It shows another user a row of ${canaries.get(secret)?.[0]?.split(" ")[0]}.`);
}
