// The systems that are compared: how each is started, asked and listened to.
import { fileURLToPath } from "node:url";
import { denoEnvironment } from "../../dev/process/environment.ts";
import { nodeEnvironment } from "./measure/node.ts";
import { type Conversations, plainConversations } from "./conversations.ts";
import { ourConversations } from "./our_conversations.ts";

export interface Place {
  database_url: string;
  model_url: string;
  node: string;
}

export interface System {
  name: string;
  kind: "limit" | "peer" | "ours";
  /** What the tables call it. */
  title: string;
  /** What it keeps in Postgres, and when. */
  keeps: string;
  /** What is installed for it, and the packages whose versions are told. */
  packages?: { folder: string; names: readonly string[] };
  command(place: Place): { command: string; args: string[]; env: Record<string, string>; cwd?: string };
  /** What a process of it is called, by its command line. */
  partOf(command: string): string;
  /** Makes what its turns need, once it runs at `url`. */
  conversations(url: string, database_url: string): Promise<Conversations>;
}

const folderOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Where the packages that all peers share are. */
export const SHARED_PACKAGES = folderOf("systems");

const ofType = (wanted: string, read: (event: Record<string, unknown>) => unknown) => (data: string) => {
  if (!data.startsWith("{")) return undefined;
  const event: Record<string, unknown> = JSON.parse(data);
  const text = event.type === wanted ? read(event) : undefined;
  return typeof text === "string" ? text : undefined;
};
const ownText = ofType("text", ({ delta }) => delta);

interface Peer {
  name: string;
  title: string;
  keeps: string;
  names: readonly string[];
  textOf?: (data: string) => string | undefined;
}

function onNode({ name, title, keeps, names, textOf = ownText }: Peer): System {
  return {
    ...{ name, title, keeps, kind: names.length === 0 ? "limit" : "peer" },
    ...(names.length > 0 && { packages: { folder: folderOf(`systems/${name}`), names } }),
    command: ({ node, database_url, model_url }) => ({
      command: node,
      args: [folderOf(`systems/${name}/server.ts`)],
      env: nodeEnvironment({
        DATABASE_URL: database_url,
        MODEL_URL: model_url,
        MASTRA_TELEMETRY_DISABLED: "1",
      }),
    }),
    partOf: () => "server",
    conversations: (url, database_url) => plainConversations(url, database_url, textOf),
  };
}

export const PEERS: readonly System[] = [
  onNode({ name: "bare", title: "bare fetch", keeps: "nothing", names: [] }),
  onNode({
    name: "langgraph",
    title: "LangGraph JS",
    keeps: "a checkpoint after every superstep, of executors too",
    names: [
      ...["@langchain/langgraph", "@langchain/langgraph-checkpoint-postgres", "@langchain/core"],
      ...["@langchain/openai", "langchain"],
    ],
  }),
  onNode({
    name: "openai-agents",
    title: "OpenAI Agents JS",
    keeps: "the turn's items, once, at its end",
    names: ["@openai/agents", "openai"],
  }),
  onNode({
    name: "ai-sdk",
    title: "AI SDK",
    keeps: "the chat as one row, once, at the turn's end",
    names: ["ai", "@ai-sdk/openai-compatible"],
    textOf: ofType("text-delta", ({ delta }) => delta),
  }),
  onNode({
    name: "mastra",
    title: "Mastra",
    keeps: "messages and snapshots, at the end of each delegation and of the turn",
    names: ["@mastra/core", "@mastra/memory", "@mastra/pg"],
    textOf: ofType("text-delta", ({ payload }) => Object(payload).text),
  }),
];

/** The project twice, out of a checkout: on the REST layer of its local stack, and on the thinnest possible. */
export function ours(checkout: string, name: string): System[] {
  return [
    layer(checkout, { name, title: name, which: "lite", keeps: "everything, each event before it is sent" }),
    layer(checkout, { name: `${name}-thin`, title: `${name}, thin REST`, which: "thin", keeps: "the same" }),
  ];
}

const SERVE = folderOf("ours/serve.ts");

function layer(
  checkout: string,
  { name, title, which, keeps }: { name: string; title: string; which: "lite" | "thin"; keeps: string },
): System {
  return {
    ...{ name, title, keeps, kind: "ours" },
    command: ({ database_url, model_url }) => ({
      command: Deno.execPath(),
      args: [
        ...["run", "--no-prompt", "--allow-all", "--unstable-no-legacy-abort"],
        ...["--config", `${checkout}/deno.json`, SERVE],
      ],
      env: {
        ...denoEnvironment(),
        CHECKOUT: checkout,
        DATABASE_URL: database_url,
        MODEL_URL: model_url,
        LAYER: which,
      },
      cwd: checkout,
    }),
    partOf: (command) =>
      /\/agent-planner\//.test(command)
        ? "planner"
        : /\/agent-executor\//.test(command)
        ? "executor"
        : /\/(rest\/main|thin_rest)\.ts/.test(command)
        ? "REST"
        : "gateway",
    conversations: ourConversations,
  };
}
