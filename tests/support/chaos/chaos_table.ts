// What chaos left behind, as one table.
import { PLAIN } from "../../../dev/terminal/style.ts";
import { tableLines } from "../../../dev/terminal/table.ts";
import type { ChaosReport } from "./run_chaos.ts";

/** True when every run ended, once, with nothing lost, nothing twice and no invariant broken. */
export function isSound({ damaged }: ChaosReport): boolean {
  return Object.values(damaged).every((runs) => runs === 0);
}

/** The runs by how they ended, and the faults they were given. */
export function chaosLines(report: ChaosReport): string[] {
  const { ended, failures, damaged, faults, takeovers, took_ms } = report;
  const runs = Object.values(ended).reduce((sum, count) => sum + count, 0);
  const terminal = ["completed", "failed", "cancelled"].map((status) =>
    [status, ended[status] ?? 0] as const
  );
  const row = (what: string, figure: number, detail = "") => [what, String(figure), detail];
  return tableLines([
    {
      title: "Runs",
      rows: [
        row("runs", runs),
        row(
          "terminal",
          terminal.reduce((sum, [, count]) => sum + count, 0),
          terminal.map(([status, count]) => `${count} ${status}`).join(", "),
        ),
        row(
          "failed",
          ended.failed ?? 0,
          Object.entries(failures).map(([kind, count]) => `${count} ${kind}`).join(", "),
        ),
        row("lost", damaged.lost, "aim 0"),
        row("duplicated", damaged.duplicated, "aim 0"),
        row("stuck", damaged.stuck, "aim 0"),
        row("otherwise broken", damaged.broken, "aim 0"),
        row("takeovers", takeovers, "of runs whose owner had died or handed them on"),
        ["seconds a run took", seconds(took_ms, 0.5), `the median; ${seconds(took_ms, 1)} the longest`],
      ],
    },
    {
      title: "Faults",
      rows: [
        row("failures thrown", faults.throw),
        row("processes killed", faults.kill),
        row("connections of clients cut", faults.cut),
      ],
    },
  ], { style: PLAIN, width: Infinity });
}

/** The run that so large a part of all runs was faster than. */
function seconds(took_ms: readonly number[], part: number): string {
  const sorted = took_ms.toSorted((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) * part)] ?? 0) / 1000).toFixed(1);
}
