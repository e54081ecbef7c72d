// What a model was sent: the messages of its thread before the call, the newest open, and the tools that it was offered.
import { readMessages, readRow, readThread, type ThreadMessage } from "../data/contents.ts";
import type { ConsoleData } from "../data/console_data.ts";
import { useData } from "../data/use_data.ts";
import type { TraceModelCall } from "../data/trace_rows.ts";
import { type CutNote, cutNotes } from "./cut_notes.ts";
import { JsonView } from "./json_view.tsx";
import { kilobytes } from "./kilobytes.ts";
import { Loading } from "./loading.tsx";
import { LongText } from "./long_text.tsx";
import { jsonOf } from "./model_answer.tsx";
import { useLoaded } from "./use_loaded.ts";

export function PromptView({ call }: { call: TraceModelCall }) {
  const data = useData();
  const loaded = useLoaded(data, call.id, () => readPrompt(data, call));
  return (
    <Loading of={loaded}>
      {(prompt) =>
        prompt === null ? <p class="muted">What was sent is not known for this call.</p> : (
          <>
            <p class="muted small">
              What the model was sent, newest first. You can read the system prompt because the run is yours.
            </p>
            {prompt.offered.length > 0 && <OfferedTools names={prompt.offered} />}
            <Cuts notes={prompt.cuts} />
            {prompt.messages.map((message, index) => (
              <Message key={message.id} message={message} open={index === 0} />
            ))}
          </>
        )}
    </Loading>
  );
}

async function readPrompt(data: ConsoleData, call: TraceModelCall) {
  const { id, agent_session_id: thread, message_seq: seq } = call;
  if (thread === null || id.startsWith("live:")) return null;
  const [messages, facts, ledger] = await Promise.all([
    readMessages(data, thread, { from: 1, to: seq === null ? LAST_SEQ : seq - 1 }),
    readThread(data, thread),
    readRow(data, { table: "usage_ledger", key: { id } }),
  ]);
  const before = seq === null
    ? messages.filter((one) => Date.parse(one.created_at) <= Date.parse(call.started_at))
    : messages;
  return {
    offered: offeredTools(facts),
    messages: sent(before).reverse(),
    cuts: cutNotes(ledger?.cuts ?? null),
  };
}

/** A step's thread says which it has; the planner's own has all that its agent may use. */
function offeredTools(facts: Awaited<ReturnType<typeof readThread>>): string[] {
  const { initial_context: context } = facts?.thread ?? { initial_context: null };
  const of_step = context instanceof Object && "tools" in context ? context.tools : null;
  if (Array.isArray(of_step)) return of_step.map(String);
  return facts?.agent?.available_tools ?? [];
}

/** A failed call has made no message: those before it are told by their times. */
const LAST_SEQ = 2_147_483_647;

/** Of several system prompts, which each owner of a run writes anew, the newest is sent. */
function sent(messages: readonly ThreadMessage[]): ThreadMessage[] {
  const system = messages.findLast((message) => message.role === "system");
  return messages.filter((message) => message.role !== "system" || message === system);
}

function OfferedTools({ names }: { names: readonly string[] }) {
  return (
    <details class="folded">
      <summary>{names.length === 1 ? "1 tool offered" : `${names.length} tools offered`}</summary>
      <ul class="names">
        {names.map((name) => <li key={name} class="mono">{name}</li>)}
      </ul>
    </details>
  );
}

function Cuts({ notes }: { notes: readonly CutNote[] }) {
  if (notes.length === 0) return null;
  return (
    <ul class="note plain cuts">
      {notes.map(({ words, from, to }, index) => (
        <li key={index}>
          {to === 0
            ? `${words}: left out, ${kilobytes(from)}`
            : `${words}: ${kilobytes(to)} of ${kilobytes(from)} were sent`}
        </li>
      ))}
    </ul>
  );
}

const ROLES: Readonly<Record<string, string>> = {
  system: "System",
  user: "Told",
  assistant: "Model",
  tool: "Tool result",
};

function Message({ message, open }: { message: ThreadMessage; open: boolean }) {
  const { role, content, tool_calls, seq } = message;
  const parsed = role === "tool" ? jsonOf(content) : content;
  const asks = tool_calls?.map((call) => call.name).join(", ") ?? "";
  return (
    <details class="folded prompt-message" open={open}>
      <summary>
        <span class="faint">{seq}</span> {ROLES[role] ?? role}
        <span class="muted cut">{asks === "" ? content.slice(0, 120) : `asked for ${asks}`}</span>
      </summary>
      {content !== "" &&
        (typeof parsed === "string"
          ? <LongText text={parsed} />
          : <JsonView value={parsed} label={`Message ${seq}`} />)}
      {tool_calls?.map((call) => (
        <section key={call.id} class="asked">
          <h3>
            Asked for <span class="mono">{call.name}</span>
          </h3>
          <JsonView value={jsonOf(call.arguments)} label={`Arguments of ${call.name}`} />
        </section>
      ))}
    </details>
  );
}
