// The words of `deno task ask`.
import { parseArgs } from "node:util";
import { LOCAL_PUBLISHABLE_KEY } from "../local_key.ts";
import { USUAL_PORT } from "../project/running_stack.ts";
import { flagProblem } from "../terminal/flag_problem.ts";
import { LAST_PORT } from "../terminal/whole_number.ts";

export const HELP = `Usage: deno task ask [flags] "message"

Sends one message and shows what becomes of it. It goes to the stack that deno task dev runs for the project, or to
one that is started for this message alone, from the demo user.

  --project DIR        a project that init wrote the engine into; this repository
  --port N             where deno task dev listens (54321)
  --context-type NAME  what the message is about, such as deal
  --entity-id ID       and which one
  --session ID         goes on with a conversation
  --time-zone NAME     the user's time zone (this machine's)
  --yes                approves whatever a person is asked; without it and without a terminal it is declined
  --json               prints the answer with its plan and usage as JSON, and nothing else
  --url URL            another place to send it to, such as https://<ref>.supabase.co, with
  --token TOKEN        the access token of a user there, and
  --key KEY            its publishable key; on this machine it is known
  --help               this text

Ends with 0 if the run completed, with 1 if it did not, and with 2 if a flag is wrong.
`;

/** Where the message goes: to a place of its own, or to a local stack of a project. */
export type Destination =
  | { url: string; token: string; publishable_key: string }
  | { project: string | undefined; port: number };

export interface Asked {
  message: string;
  destination: Destination;
  /** What else the request says. */
  body: { context_type?: string; entity_id?: string; session_id?: string; time_zone: string };
  approves: "nothing" | "everything";
  prints: "all" | "json";
}

const OPTIONS = {
  project: { type: "string" },
  port: { type: "string", default: String(USUAL_PORT) },
  "context-type": { type: "string" },
  "entity-id": { type: "string" },
  session: { type: "string" },
  "time-zone": { type: "string" },
  yes: { type: "boolean", default: false },
  json: { type: "boolean", default: false },
  url: { type: "string" },
  token: { type: "string" },
  key: { type: "string" },
  help: { type: "boolean", default: false },
} as const;

type Values = ReturnType<typeof read>["values"];

/** What was asked for, or what is wrong with it, in a sentence. `time_zone` is this machine's. */
export function askArguments(
  args: readonly string[],
  time_zone: string,
): Asked | "help" | { problem: string } {
  try {
    const { values, positionals } = read(args);
    if (values.help) return "help";
    const message = positionals.join(" ").trim();
    if (message === "") return { problem: 'There is no message: deno task ask "What is there?"' };
    const destination = destinationOf(values);
    if ("problem" in destination) return destination;
    return {
      ...{ message, destination },
      body: {
        context_type: values["context-type"],
        entity_id: values["entity-id"],
        session_id: values.session,
        time_zone: values["time-zone"] ?? time_zone,
      },
      approves: values.yes ? "everything" : "nothing",
      prints: values.json ? "json" : "all",
    };
  } catch (error) {
    return { problem: flagProblem(error, Object.keys(OPTIONS)) };
  }
}

function read(args: readonly string[]) {
  return parseArgs({ args: [...args], allowPositionals: true, options: OPTIONS });
}

function destinationOf({ project, port, url, token, key }: Values): Destination | { problem: string } {
  if (url === undefined) {
    if (token !== undefined || key !== undefined) return { problem: "--token and --key go with --url." };
    if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > LAST_PORT) {
      return { problem: `--port must be a port, not "${port}".` };
    }
    return { project, port: Number(port) };
  }
  if (project !== undefined) {
    return { problem: "It goes to --url or to a local stack of --project, not to both." };
  }
  const { protocol = "", hostname = "" } = URL.parse(url) ?? {};
  if (!/^https?:$/.test(protocol)) return { problem: `--url must be a URL, not "${url}".` };
  if (token === undefined) return { problem: "--url needs --token, the access token of a user there." };
  if (/^sb_secret_/.test(key ?? "")) {
    return { problem: "--key is a secret key. The publishable one is enough." };
  }
  const known = ["127.0.0.1", "localhost"].includes(hostname) ? LOCAL_PUBLISHABLE_KEY : undefined;
  const publishable_key = key ?? known;
  if (publishable_key === undefined) return { problem: "--url needs --key, the project's publishable key." };
  return { url, token, publishable_key };
}
