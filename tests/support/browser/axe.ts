// What axe-core finds in a page: names, roles, contrast, order.
import axe from "axe-core";
import type { Page } from "playwright-core";
import { z } from "zod";

const Findings = z.array(
  z.object({ id: z.string(), impact: z.string().nullable(), nodes: z.array(z.object({ html: z.string() })) }),
);

/** Serious and critical findings, each as a line: the rule, and what breaks it. */
export async function seriousFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = Findings.parse(
    await page.evaluate(
      "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
    ),
  );
  return found.filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}
