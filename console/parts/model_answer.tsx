// What a model call came to: what it cost, what the model said and thought, what it asked for; or why it failed.
import { readMessages, readRow, type ThreadMessage, type WholeRow } from "../data/contents.ts";
import type { ConsoleData } from "../data/console_data.ts";
import { useData } from "../data/use_data.ts";
import type { TraceModelCall } from "../data/trace_rows.ts";
import { cost, duration, grouped } from "./format.ts";
import { Icon } from "./icons.tsx";
import { JsonView } from "./json_view.tsx";
import { Loading } from "./loading.tsx";
import { LongText } from "./long_text.tsx";
import { useLoaded } from "./use_loaded.ts";

export function ModelAnswer({ call }: { call: TraceModelCall }) {
  const data = useData();
  const loaded = useLoaded(data, `${call.id} ${call.ended_at}`, () => readAnswer(data, call));
  if (call.id.startsWith("live:")) {
    return (
      <p class="muted">
        {call.ended_at === null
          ? "The model is answering."
          : "What it said and cost is here once the run has ended."}
      </p>
    );
  }
  return (
    <>
      {call.failure !== null && (
        <p class="problem">
          <Icon name="failed" />
          This attempt failed: {call.failure.replaceAll("_", " ")}.
        </p>
      )}
      <CallFacts call={call} />
      <Loading of={loaded}>
        {({ message, ledger }) => (
          <>
            <Parameters ledger={ledger} />
            {message && <Message message={message} />}
          </>
        )}
      </Loading>
    </>
  );
}

interface Answer {
  message: ThreadMessage | null;
  ledger: WholeRow | null;
}

async function readAnswer(data: ConsoleData, call: TraceModelCall): Promise<Answer> {
  const { id, agent_session_id: thread, message_seq: seq } = call;
  if (id.startsWith("live:")) return { message: null, ledger: null };
  const [ledger, messages] = await Promise.all([
    readRow(data, { table: "usage_ledger", key: { id } }),
    thread === null || seq === null ? [] : readMessages(data, thread, { from: seq, to: seq }),
  ]);
  return { ledger, message: messages[0] ?? null };
}

function CallFacts({ call }: { call: TraceModelCall }) {
  const { output_tokens, first_token_ms, model_asked, model_answered } = call;
  const ms = call.ended_at === null ? 0 : Date.parse(call.ended_at) - Date.parse(call.started_at);
  const speaking = ms - (first_token_ms ?? 0);
  const rate = output_tokens && first_token_ms !== null && speaking > 0
    ? Math.round(output_tokens / speaking * 1_000)
    : null;
  return (
    <dl class="pairs">
      <Pair name="Tokens in" more={call.cached_tokens ? `(${grouped(call.cached_tokens)} cached)` : ""}>
        {grouped(call.input_tokens ?? 0)}
      </Pair>
      <Pair name="Tokens out" more={rate === null ? "" : `(${grouped(rate)}/s)`}>
        {grouped(output_tokens ?? 0)}
      </Pair>
      <Pair name="Cost">
        {call.cost_usd === null ? <span class="muted">not reported</span> : cost(call.cost_usd)}
      </Pair>
      {first_token_ms !== null && <Pair name="First token">{duration(first_token_ms)}</Pair>}
      {call.end_reason !== null && <Pair name="Ended">{call.end_reason.replaceAll("_", " ")}</Pair>}
      {model_asked !== null && model_asked !== model_answered && <Pair name="Model asked">{model_asked}
      </Pair>}
      {call.attempt > 1 && <Pair name="Attempt">{call.attempt}</Pair>}
    </dl>
  );
}

export function Pair({ name, more, children }: {
  name: string;
  more?: string;
  children: preact.ComponentChildren;
}) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children} {more && <span class="muted">{more}</span>}
      </dd>
    </div>
  );
}

function Parameters({ ledger }: { ledger: WholeRow | null }) {
  const parameters = ledger?.parameters;
  if (!(parameters instanceof Object) || Object.keys(parameters).length === 0) return null;
  return (
    <details class="folded">
      <summary>Parameters</summary>
      <JsonView value={parameters} label="Parameters" />
    </details>
  );
}

function Message({ message }: { message: ThreadMessage }) {
  const { content, reasoning, tool_calls } = message;
  return (
    <>
      {reasoning !== null && (
        <details class="folded">
          <summary>Reasoning</summary>
          <LongText text={reasoning} />
        </details>
      )}
      {content !== "" && (
        <section class="said">
          <h3>Said</h3>
          <LongText text={content} />
        </section>
      )}
      {tool_calls?.map((call) => (
        <section class="asked" key={call.id}>
          <h3>
            Asked for <span class="mono">{call.name}</span>
          </h3>
          <JsonView value={jsonOf(call.arguments)} label={`Arguments of ${call.name}`} />
        </section>
      ))}
    </>
  );
}

/** What a model wrote may be no JSON at all: then it is shown as the text that it is. */
export function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
