// What was asked, and how the run ended.
import type { TraceRun } from "../data/trace_rows.ts";
import { exact } from "./format.ts";
import { Icon } from "./icons.tsx";
import { LongText } from "./long_text.tsx";
import { Pair } from "./model_answer.tsx";

const ENDS: Readonly<Record<string, string>> = {
  answered: "It answered.",
  length: "Its answer was cut off at the model's output limit.",
  limit: "It stopped at its limit and answered with what it had.",
  budget: "It stopped at its budget and answered with what it had.",
  cancelled: "It was cancelled.",
  superseded: "Another message came while it waited for you.",
};

export function RunSummary({ run }: { run: TraceRun }) {
  return (
    <>
      {run.error !== null && (
        <p class="problem">
          <Icon name="failed" />
          {run.error.message}
        </p>
      )}
      {run.finished_reason !== null && (
        <p>{ENDS[run.finished_reason] ?? run.finished_reason.replaceAll("_", " ")}</p>
      )}
      {run.message !== null && (
        <section class="said">
          <h3>Asked</h3>
          <LongText text={run.message} />
        </section>
      )}
      <dl class="pairs">
        <Pair name="Started">{exact(run.created_at)}</Pair>
        {run.finished_at !== null && <Pair name="Ended">{exact(run.finished_at)}</Pair>}
      </dl>
    </>
  );
}
