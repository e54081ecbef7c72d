// A chat of the AI SDK as it comes from npm, over HTTP. A program of its own, so that the package is in no import map
// and no lock of ours: its specifier, the address of the routes, the token and the key are arguments.
import { resumableFetch } from "../../../client/resumable_fetch.ts";
import { brokenFetch, type Command, serveLines } from "./line_server.ts";

const [specifier = "", api = "", token = "", apikey = "", set = "6"] = Deno.args;
const sdk = await import(specifier);
const { AbstractChat, DefaultChatTransport } = sdk;
const sendAutomaticallyWhen = sdk.lastAssistantMessageIsCompleteWithApprovalResponses;
const headers = { authorization: `Bearer ${token}`, apikey };

interface Part {
  type: string;
  state?: string;
  approval?: { id: string };
}
interface Message {
  id: string;
  role: string;
  parts: Part[];
}

/** The state of a chat, which a framework's package would keep; `quiet` resolves once its request is over. */
function createState(messages: Message[]) {
  let status = "ready";
  let waiting: (() => void)[] = [];
  const seen = Promise.withResolvers<void>();
  const see = ({ role }: Message) => role === "assistant" && seen.resolve();
  const state = {
    /** Resolves with the first thing that is shown of an answer. */
    seen: seen.promise,
    messages,
    error: undefined as Error | undefined,
    get status() {
      return status;
    },
    set status(next: string) {
      status = next;
      if (next !== "ready" && next !== "error") return;
      for (const resolve of waiting) resolve();
      waiting = [];
    },
    pushMessage(message: Message) {
      state.messages = [...state.messages, message];
      see(message);
    },
    popMessage: () => void (state.messages = state.messages.slice(0, -1)),
    replaceMessage: (at: number, message: Message) =>
      void (state.messages = state.messages.map((one, i) => i === at ? structuredClone(message) : one)),
    snapshot: <T>(value: T): T => structuredClone(value),
    quiet: () => new Promise<void>((resolve) => waiting.push(resolve)),
  };
  return state;
}

const asked: string[] = [];
const line = brokenFetch(asked);
let chat: InstanceType<typeof AbstractChat>;
let state: ReturnType<typeof createState>;
let pending: Promise<unknown> = Promise.resolve();

function told() {
  const { messages, status, error } = state;
  return { messages, status, error: error?.message ?? null, asked: asked.splice(0) };
}

/** To its end, or until the server has answered. */
async function run(work: () => Promise<unknown>, { wait = true }: Command) {
  const answered = line.nextAnswer();
  pending = work();
  if (!wait) return await answered.then(() => ({ begun: true }));
  await pending;
  return told();
}

await serveLines({
  /** A page that is loaded: with the chat's history, where it is asked for. */
  async open({ id, load, resumable = true }) {
    const stored = load ? await (await fetch(`${api}/${id}/messages?set=${set}`, { headers })).json() : [];
    state = createState(stored);
    const transport = new DefaultChatTransport({
      api: set === "6" ? api : `${api}?set=${set}`,
      headers,
      fetch: resumable ? resumableFetch(line.fetch) : line.fetch,
      prepareReconnectToStreamRequest: ({ id }: { id: string }) => ({
        api: `${api}/${id}/stream?set=${set}`,
        headers,
      }),
    });
    chat = new AbstractChat({ id, state, transport, sendAutomaticallyWhen });
    return told();
  },
  send: (command) =>
    run(
      () => chat.sendMessage(command.message ?? { text: command.text, messageId: command.messageId }),
      command,
    ),
  regenerate: (command) => run(() => chat.regenerate(), command),
  resume: (command) => run(() => chat.resumeStream(), command),
  stop: async () => {
    await chat.stop();
    await pending;
    return told();
  },
  seen: async () => {
    await state.seen;
    return told();
  },
  settled: async () => {
    await pending;
    return told();
  },
  cut: ({ after, cuts }) => line.cutNext(Number(after), Number(cuts)),
  /** Answers what is asked, in order; the client sends that by itself. */
  async answer({ approved, reason }) {
    const open = state.messages.flatMap(({ parts }) => parts)
      .flatMap((part) => part.state === "approval-requested" && part.approval ? [part.approval.id] : []);
    const answers = Array.isArray(approved) ? approved : [];
    const over = state.quiet();
    for (const [i, id] of open.entries()) {
      await chat.addToolApprovalResponse({ id, approved: answers[i] === true, reason });
    }
    await over;
    return told();
  },
});
