// One attempt at a step: what it was to do and what it handed in.
import { readRow, type WholeRow } from "../data/contents.ts";
import { useData } from "../data/use_data.ts";
import type { TraceStep } from "../data/trace_rows.ts";
import { grouped } from "./format.ts";
import { Icon } from "./icons.tsx";
import { JsonView } from "./json_view.tsx";
import { Loading } from "./loading.tsx";
import { LongText } from "./long_text.tsx";
import { Pair } from "./model_answer.tsx";
import { useLoaded } from "./use_loaded.ts";

export function StepDetail({ step }: { step: TraceStep }) {
  const data = useData();
  const live = step.id.startsWith("live:");
  const address = { table: "agent_executions", key: { id: step.id } };
  const loaded = useLoaded(
    data,
    `${step.id} ${step.status}`,
    () => live ? Promise.resolve(null) : readRow(data, address),
  );
  return (
    <>
      {step.error !== null && (
        <p class="problem">
          <Icon name="failed" />
          {step.error}
        </p>
      )}
      <Loading of={loaded}>
        {(row) =>
          row === null
            ? <p class="muted">What it was told and handed in is here once the run has ended or waits.</p>
            : <StepRow row={row} />}
      </Loading>
    </>
  );
}

function StepRow({ row }: { row: WholeRow }) {
  const task = partsOf(row.task);
  const result = partsOf(row.result);
  const usage = partsOf(row.usage);
  const questions = Array.isArray(result.open_questions) ? result.open_questions : [];
  return (
    <>
      <Words title="Summary" text={result.summary} />
      {questions.length > 0 && (
        <section class="said">
          <h3>Open questions</h3>
          <ul class="dashes">
            {questions.map((question, index) => <li key={index}>{String(question)}</li>)}
          </ul>
        </section>
      )}
      <Words title="Task" text={task.description} />
      {result.data != null && (
        <section class="said">
          <h3>Handed in</h3>
          <JsonView value={result.data} label="What it handed in" />
        </section>
      )}
      <dl class="pairs">
        <Pair name="Model calls">{count(usage.model_calls)}</Pair>
        <Pair name="Tool calls">{count(row.tool_calls_made)}</Pair>
        <Pair name="Tokens in">{count(usage.input_tokens)}</Pair>
        <Pair name="Tokens out">{count(usage.output_tokens)}</Pair>
      </dl>
      {Array.isArray(row.tools_available) && (
        <section class="said">
          <h3>Tools offered</h3>
          <ul class="names">
            {row.tools_available.map((name) => <li key={String(name)} class="mono">{String(name)}</li>)}
          </ul>
        </section>
      )}
    </>
  );
}

function Words({ title, text }: { title: string; text: unknown }) {
  if (typeof text !== "string" || text === "") return null;
  return (
    <section class="said">
      <h3>{title}</h3>
      <LongText text={text} />
    </section>
  );
}

function partsOf(value: unknown): Record<string, unknown> {
  return value instanceof Object ? { ...value } : {};
}

function count(value: unknown): string {
  return typeof value === "number" ? grouped(value) : "none";
}
