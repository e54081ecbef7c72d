// Reads a run with a client as it comes from npm, whose `fetch` reconnects, and tells what it makes of it. A program of
// its own, so that the package is in no import map and no lock of ours. What it is to read comes as JSON on stdin.
import { resumableFetch } from "../../client/mod.ts";
import { eventsOfLog, PROJECTIONS } from "../protocols/recording.ts";
import { projectedPlanner } from "./projected_planner.ts";
import { hurriedClock } from "./scripted_planner.ts";
import type { GoldenLog } from "../golden/golden_log.ts";

const [name = "", specifier = ""] = Deno.args;
const { logs, cuts }: { logs: GoldenLog[]; cuts: number[] } = await new Response(Deno.stdin.readable).json();
const stock = await import(specifier);
const url = "http://planner.test/functions/v1/agent-planner";

/** What one reader made of one log. */
type Told = { messages: unknown; problems: string[]; asked: number };

async function readAiSdk(fetch: typeof globalThis.fetch): Promise<Omit<Told, "asked">> {
  const transport = new stock.DefaultChatTransport({ api: `${url}/ai-sdk?set=${name.at(-1)}`, fetch });
  const user = { id: "m1", role: "user", parts: [{ type: "text", text: "Hi" }] };
  const stream = await transport.sendMessages({
    ...{ chatId: "chat-1", messages: [user], trigger: "submit-message", messageId: undefined },
  });
  const problems: string[] = [];
  let messages: unknown = null;
  const onError = (error: unknown) => void problems.push(String(error));
  for await (const message of stock.readUIMessageStream({ stream, onError })) {
    messages = structuredClone(message);
  }
  return { messages, problems };
}

async function readAgUi(fetch: typeof globalThis.fetch, posts: number): Promise<Omit<Told, "asked">> {
  const agent = new stock.HttpAgent({ url: `${url}/ag-ui`, threadId: "chat-1", fetch });
  const problems: string[] = [];
  for (let run = 1; run <= posts; run++) {
    const open: { id: string }[] = agent.pendingInterrupts ?? [];
    // Cancelled, because an interrupt of an old log has expired, and the client refuses to answer it.
    const resume = open.map(({ id }) => ({ interruptId: id, status: "cancelled" }));
    await agent.runAgent({ runId: `run-${run}`, ...(resume.length > 0 && { resume }) }, {
      onRunErrorEvent: ({ event }: { event: { message: string } }) => void problems.push(event.message),
    }).catch((error: Error) => void problems.push(`thrown: ${error.message}`));
  }
  return { messages: agent.messages, problems };
}

const projected = PROJECTIONS.find((one) => one.name === name);
if (!projected) throw new Error(`Cannot read ${name}: there is no such protocol`);
const told: Record<string, Told[]> = {};
for (const log of logs) {
  const events = eventsOfLog(log);
  told[log.name] = [];
  for (const every of [Infinity, ...cuts]) {
    const { fetch, asked } = projectedPlanner(projected, events, every);
    const resumed = resumableFetch(fetch, { clock: hurriedClock, random: () => 0 });
    const posts = events.filter(({ type }) => type === "run_paused").length + 1;
    const read = name === "ag_ui" ? await readAgUi(resumed, posts) : await readAiSdk(resumed);
    told[log.name]?.push({ ...read, asked: asked.length });
  }
}
console.log(JSON.stringify(told));
