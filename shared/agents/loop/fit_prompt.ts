// The whole prompt of every model call, tool schemas included, stays within its agent's window. What does not
// fit is cut in this order: the oldest history first, then what an agent itself wrote at length, then the oldest
// tool results, then the calls they belong to. The user's message, the system prompt and the tools are never cut.
// What a host wants back with a message is not cut either, and stands beside the window: it goes with its message.
// The model is told of every cut where it was made. What was cut from which message is told beside the prompt, too, so
// that it can be built again from the rows.
import { type Cut, cutOf } from "../../contracts/cut.ts";
import type { MessageKind } from "../../contracts/message_kind.ts";
import type { ModelMessage, ToolSchema } from "../../contracts/model.ts";
import { preview } from "../../contracts/text.ts";
import type { TokenCounter } from "../ports.ts";
import { withoutEcho } from "./kept_echo.ts";
import type { Thread } from "./thread.ts";

const CUT_RESULT = '{"note":"cut to fit; call the tool again if you still need this"}';
const CUT_HISTORY =
  "(Older turns of this conversation are left out here, to make room for what follows.)\n\n";
const CUT_CALLS =
  "(Tool calls that you made before are left out here, with their results. Call the tools again for what you still need.)\n\n";
const CUT_ARGUMENTS = '{"note":"cut to fit; the call was made with all of its arguments"}';

/** A message of a prompt, with what it is there for. History has no place in the thread. */
interface Entry {
  kind: MessageKind | "history";
  seq?: number;
  message: ModelMessage;
}

export type SentThread = Pick<Thread, "history" | "messages">;

/**
 * A thread as it is sent: its newest system prompt, the history that it was opened with, its other messages; all of
 * them, or as much as the budget takes.
 */
export function fitPrompt(
  thread: SentThread,
  tools: readonly ToolSchema[],
  window: number,
  count: TokenCounter,
): ModelMessage[] {
  return fittedPrompt(thread, tools, window, count).messages;
}

/** The same, with what was cut of it. */
export function fittedPrompt(
  thread: SentThread,
  tools: readonly ToolSchema[],
  window: number,
  count: TokenCounter,
): { messages: ModelMessage[]; cut: Cut[] } {
  const whole = entriesOf(thread);
  const kept = fitted(whole, tools, window, count);
  return { messages: toldMessages(kept, whole), cut: cutsOf(whole, kept) };
}

/** As little of a thread as there is ever sent of it. */
export function barestPrompt(thread: SentThread): ModelMessage[] {
  const whole = entriesOf(thread);
  return toldMessages(barest(whole), whole);
}

function entriesOf({ history, messages }: SentThread): Entry[] {
  const prompt = messages.findLast(({ kind }) => kind === "prompt");
  return [
    ...prompt ? [prompt] : [],
    ...history.map((message) => ({ kind: "history" as const, message })),
    ...messages.filter(({ kind }) => kind !== "prompt"),
  ];
}

function fitted(
  whole: Entry[],
  tools: readonly ToolSchema[],
  window: number,
  count: TokenCounter,
): Entry[] {
  let kept = whole;
  const fits = () => count(toldMessages(kept, whole).map(withoutEcho), tools) <= window;

  while (kept.some(({ kind }) => kind === "history") && !fits()) kept = withoutOldestTurn(kept);
  for (const own of kept.filter(isLong)) {
    if (fits()) break;
    kept = kept.map((entry) => entry === own ? shortened(entry) : entry);
  }
  const results = kept.filter(isResult);
  for (const result of results) {
    if (fits()) break;
    kept = kept.map((entry) => entry === result ? withContent(entry, CUT_RESULT) : entry);
  }
  for (const { message } of results) {
    if (fits()) break;
    kept = withoutOldCall(kept, message, results.at(-1)?.message);
  }
  return kept;
}

function barest(whole: Entry[]): Entry[] {
  const said = whole.filter(({ kind }) => kind !== "history")
    .map((entry) =>
      isResult(entry) ? withContent(entry, CUT_RESULT) : isLong(entry) ? shortened(entry) : entry
    );
  const results = said.filter(isResult);
  return results.reduce((kept, { message }) => withoutOldCall(kept, message, results.at(-1)?.message), said);
}

function isResult({ message }: Entry): boolean {
  return message.role === "tool";
}

/**
 * Without the call that this result answers, and what goes with it. The newest one stays, however little is left of it:
 * without it the model would have the last word.
 */
function withoutOldCall(kept: Entry[], result: ModelMessage, newest: ModelMessage | undefined): Entry[] {
  const ids = together(kept, result);
  const isNewest = ids.some((id) => newest?.role === "tool" && newest.tool_call_id === id);
  return isNewest ? kept : ids.reduce(withoutCall, kept);
}

/** The ids of the calls that go with the one which this result answers: all of a turn where a host wants any of it back. */
function together(entries: readonly Entry[], result: ModelMessage): string[] {
  if (result.role !== "tool") return [];
  const id = result.tool_call_id;
  const turn = entries.find(({ message }) => callsOf(message).some((call) => call.id === id))?.message;
  const calls = callsOf(turn);
  const signed = turn?.role === "assistant" && turn.echo ||
    calls.some((call) => call.extra_content !== undefined);
  return signed ? calls.map((call) => call.id) : [id];
}

/** As they are sent: the first message of the user's says where turns of the history are missing, the task where calls are. */
function toldMessages(kept: readonly Entry[], whole: readonly Entry[]): ModelMessage[] {
  const turns = (entries: readonly Entry[]) => entries.filter(({ kind }) => kind === "history").length;
  const calls = (entries: readonly Entry[]) => entries.flatMap(({ message }) => callsOf(message)).length;
  const first = kept.find(({ message }) => message.role === "user");
  const task = kept.find(({ kind, message }) => kind !== "history" && message.role === "user");
  const notes = [
    ...(turns(kept) === turns(whole) ? [] : [{ entry: first, note: CUT_HISTORY }]),
    ...(calls(kept) === calls(whole) ? [] : [{ entry: task, note: CUT_CALLS }]),
  ];
  return kept.map((entry) => {
    const told = notes.filter((one) => one.entry === entry).map(({ note }) => note).join("");
    return told === "" ? entry.message : { ...entry.message, content: told + entry.message.content };
  });
}

/** What became of each message that is not sent whole. */
function cutsOf(whole: readonly Entry[], kept: readonly Entry[]): Cut[] {
  const said = (entries: readonly Entry[]) =>
    entries.map(({ kind, message }) => kind === "history" ? message.content : "").join("");
  const left = new Map(
    kept.flatMap(({ seq, message }) => seq === undefined ? [] : [[seq, message] as const]),
  );
  return [
    ...cutOf("history", said(whole), said(kept)),
    ...whole.flatMap(({ seq, message }) =>
      seq === undefined ? [] : cutsOfMessage(seq, message, left.get(seq))
    ),
  ];
}

function cutsOfMessage(seq: number, whole: ModelMessage, sent: ModelMessage | undefined): Cut[] {
  if (sent === whole) return [];
  const what = whole.role === "tool" ? "result" as const : "text" as const;
  const cut = cutOf(what, whole.content, sent?.content ?? "").map((one): Cut => ({ ...one, seq }));
  for (const { id, arguments: args } of callsOf(whole)) {
    const one = callsOf(sent).find((call) => call.id === id);
    if (one?.arguments === args) continue;
    cut.push({
      what: one ? "arguments" : "call",
      seq,
      call: id,
      from: args.length,
      to: one?.arguments.length ?? 0,
    });
  }
  return cut;
}

function callsOf(message: ModelMessage | undefined) {
  return message?.role === "assistant" ? message.tool_calls ?? [] : [];
}

/** Without the oldest message of the user's in the history, and what was answered to it. */
function withoutOldestTurn(entries: Entry[]): Entry[] {
  const first = entries.findIndex(({ kind }) => kind === "history");
  const length = entries.slice(first + 1).findIndex(({ message }) => message.role === "user") + 1;
  return entries.toSpliced(first, length || 1);
}

/** Characters of an agent's own text, or of the arguments of one of its calls, that are not too many. */
const OWN_WORDS = 1_000;

function isLong({ message }: Entry): boolean {
  if (message.role !== "assistant") return false;
  const calls = message.tool_calls ?? [];
  return message.content.length > OWN_WORDS || calls.some((call) => call.arguments.length > OWN_WORDS);
}

function shortened(entry: Entry): Entry {
  const { message } = entry;
  if (message.role !== "assistant") return entry;
  const tool_calls = message.tool_calls?.map((call) =>
    call.arguments.length > OWN_WORDS ? { ...call, arguments: CUT_ARGUMENTS } : call
  );
  const content = shortWords(message.content);
  return { ...entry, message: { ...message, content, ...(tool_calls && { tool_calls }) } };
}

function shortWords(content: string): string {
  if (content.length <= OWN_WORDS) return content;
  const note = ` (cut to fit: you wrote ${content.length} characters)`;
  return preview(content, OWN_WORDS - note.length) + note;
}

/** Call and result go together, because hosts refuse one without the other; so does a message left with nothing. */
function withoutCall(entries: Entry[], id: string): Entry[] {
  return entries.flatMap((entry) => {
    const { message } = entry;
    if (message.role === "tool") return message.tool_call_id === id ? [] : [entry];
    if (message.role !== "assistant" || !message.tool_calls?.some((call) => call.id === id)) return [entry];
    const { tool_calls, ...rest } = message;
    const left = tool_calls?.filter((call) => call.id !== id) ?? [];
    if (left.length === 0 && message.content.trim() === "") return [];
    return [{ ...entry, message: left.length === 0 ? withoutEcho(rest) : { ...rest, tool_calls: left } }];
  });
}

function withContent(entry: Entry, content: string): Entry {
  return { ...entry, message: { ...entry.message, content } };
}
