// AG-UI's HttpAgent as it comes from npm, over HTTP. A program of its own, as the one for the AI SDK.
import { resumableFetch } from "../../../client/resumable_fetch.ts";
import { brokenFetch, type Command, serveLines } from "./line_server.ts";

const [specifier = "", url = "", token = "", apikey = ""] = Deno.args;
const { HttpAgent } = await import(specifier);
const headers = { authorization: `Bearer ${token}`, apikey };

const warnings: string[] = [];
console.warn = (...words: unknown[]) => void warnings.push(words.join(" "));
console.error = console.warn;

const asked: string[] = [];
const line = brokenFetch(asked);
let agent: InstanceType<typeof HttpAgent>;
let errors: string[] = [];
let pending: Promise<unknown> = Promise.resolve();
let answered: object[] = [];

function told() {
  const { messages, pendingInterrupts = [] } = agent;
  const now = { messages, open: pendingInterrupts, errors, warnings, asked: asked.splice(0) };
  errors = [];
  return now;
}

/** To its end, or until the server has answered. */
async function run(parameters: object, { wait = true }: Command) {
  const answered = line.nextAnswer();
  pending = agent.runAgent(parameters, {
    onRunErrorEvent: ({ event }: { event: { message: string } }) => void errors.push(event.message),
    onRunFailed: ({ error }: { error: Error }) => void errors.push(`failed: ${error.message}`),
  }).catch((error: Error) => void errors.push(`thrown: ${error.message}`));
  if (!wait) return await answered.then(() => ({ begun: true }));
  await pending;
  return told();
}

await serveLines({
  open({ threadId }) {
    agent = new HttpAgent({ url, headers, threadId, fetch: resumableFetch(line.fetch) });
    return told();
  },
  say(command) {
    agent.addMessage({ id: command.id ?? crypto.randomUUID(), role: "user", content: command.text });
    return run({ runId: command.runId ?? crypto.randomUUID() }, command);
  },
  /** A message that goes with what is sent next. */
  add({ text }) {
    agent.addMessage({ id: crypto.randomUUID(), role: "user", content: text });
    return told();
  },
  /** Answers what is open, in order. */
  answer(command) {
    const answers = Array.isArray(command.answers) ? command.answers : [];
    const open: { id: string }[] = agent.pendingInterrupts ?? [];
    const resume = open.map(({ id }, i) =>
      answers[i] === null
        ? { interruptId: id, status: "cancelled" }
        : { interruptId: id, status: "resolved", payload: answers[i] }
    );
    answered = resume;
    return run({ runId: crypto.randomUUID(), resume }, command);
  },
  /** The same answers once more, as a page sends them whose user has clicked twice. */
  answerAgain: (command) => run({ runId: crypto.randomUUID(), resume: answered }, command),
  /** A page that is loaded while a run is under way: the app knows it from the list of runs. */
  reload(command) {
    const get: typeof globalThis.fetch = (input, init) =>
      line.fetch(input, { ...init, method: "GET", body: undefined });
    const events = `${url}/runs/${command.run_id}/events`;
    agent = new HttpAgent({ url: events, headers, threadId: command.threadId, fetch: resumableFetch(get) });
    return run({ runId: crypto.randomUUID() }, command);
  },
  stop: async () => {
    agent.abortRun();
    await pending;
    return told();
  },
  settled: async () => {
    await pending;
    return told();
  },
  cut: ({ after, cuts }) => line.cutNext(Number(after), Number(cuts)),
});
