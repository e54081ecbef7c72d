// What `deno task dev` says when everything runs.
import type { configuredModel } from "./model_words.ts";
import { USUAL_PORT } from "./project/running_stack.ts";
import type { Stack } from "./stack.ts";

type Told = Pick<
  Stack,
  "url" | "publishable_key" | "database_url" | "demo_user" | "model" | "problems" | "kept_in"
>;

interface Start {
  took_ms: number;
  /** The folder of another project, as it was named. */
  project?: string;
  /** Functions of that project which are not served. */
  unserved?: readonly string[];
}

/** Addresses, credentials and two commands to copy. */
export function welcome(
  stack: Told,
  model: ReturnType<typeof configuredModel>,
  { took_ms, project, unserved = [] }: Start,
): string {
  const { url, publishable_key: key, demo_user } = stack;
  const problems = Object.entries(stack.problems).map(([name, problem]) => `
${name} did not start, so calls to it are answered with 503. Mend it and start the stack again.
${indent(problem)}
`);
  if (model && "problem" in model) {
    problems.push(`\n${model.problem} Until it is, messages are answered with an error.\n`);
  }
  if (unserved.length > 0) {
    problems.push(`\nOnly the agents' functions are served here, not ${unserved.join(", ")}.\n`);
  }
  const message = project === undefined ? "Show me my tasks" : "What is there?";
  const { port } = new URL(url);
  const where = [
    ...(project === undefined ? [] : [`--project ${quoted(project)} `]),
    ...(port === String(USUAL_PORT) ? [] : [`--port ${port} `]),
  ].join("");
  return `${problems.join("")}
The local stack runs (started in ${(took_ms / 1000).toFixed(1)} s). The functions start again when their files
change; new migrations are applied at the next start. Ctrl-C ends the stack. ${
    stack.kept_in === null
      ? "Its data go with it, unless it is started with --keep."
      : "Its data stay, until it is started with --fresh."
  }

  Supabase URL     ${url}
  Publishable key  ${key}
  Database         ${stack.database_url}
  Data             ${stack.kept_in === null ? "not kept" : `kept in ${stack.kept_in}`}
  Demo user        ${demo_user.email}
  Password         ${demo_user.password}
  Model            ${
    stack.model.kind === "demo"
      ? "a demo that follows rules, NOT a language model; see .env.example for a real one"
      : model && "words" in model
      ? model.words
      : "not usable, see above"
  }

A token for the demo user:

  TOKEN=$(curl -s '${url}/auth/v1/token?grant_type=password' \\
    -H 'apikey: ${key}' -H 'content-type: application/json' \\
    -d '${JSON.stringify(demo_user)}' \\
    | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')

A turn, shown while it happens, in another terminal:

  deno task ask ${where}"${message}"

The same, as it streams:

  curl -N ${url}/functions/v1/agent-planner \\
    -H "authorization: Bearer $TOKEN" \\
    -H 'apikey: ${key}' -H 'content-type: application/json' \\
    -d '{"message": "${message}"}'
`;
}

function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}

/** As a shell reads it. */
function quoted(path: string): string {
  return /^[\w./~-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}
