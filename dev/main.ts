// `deno task dev`: the local stack until Ctrl-C, and what a newcomer needs in order to call it.
import { parseArgs } from "node:util";
import { settingsOf } from "./environment.ts";
import { configuredModel } from "./model_words.ts";
import { partsOf } from "./parts.ts";
import { otherFunctions } from "./project/other_functions.ts";
import { projectAt } from "./project/project.ts";
import { startStack } from "./stack.ts";
import { flagProblem } from "./terminal/flag_problem.ts";
import { countOf, portOf } from "./terminal/whole_number.ts";
import { welcome } from "./welcome.ts";

const HELP = `Usage: deno task dev [flags]

Starts Postgres, auth, REST, the functions and, where no model is configured, the demo model.

  --project DIR          a project that init wrote the engine into; this repository
  --port N               port of the gateway (54321); 0 takes any free one
  --first-token-ms N     demo model: delay of the first token (300)
  --tokens-per-second N  demo model: speed after that, 0 for none (120)
  --keep                 keeps data and users from one start to the next
  --fresh                throws away what was kept, and keeps what comes
  --verbose              shows what Postgres, auth and REST write, too

DATABASE_URL names a Postgres server to use instead of an own one (as a superuser; the stack makes databases
of its own there and drops them at the end). LLM_BASE_URL and its siblings name the model: see .env.example.
Both may stand in the file .env. With --project its own .env and supabase/functions/.env are read, and of them what
the functions read.
`;

const OPTIONS = {
  project: { type: "string" },
  port: { type: "string", default: "54321" },
  "first-token-ms": { type: "string", default: "300" },
  "tokens-per-second": { type: "string", default: "120" },
  keep: { type: "boolean", default: false },
  fresh: { type: "boolean", default: false },
  verbose: { type: "boolean", default: false },
  help: { type: "boolean", default: false },
} as const;

const { values, port, pace } = readFlags();
const keepFrom = values.fresh ? "nothing" : values.keep ? "before" : null;

if (values.help) {
  console.log(HELP);
  Deno.exit(0);
}

// While the stack is still starting, and at a second signal, there is no orderly end to wait for: the guard
// ends what is left.
let running = false;
const interrupted = Promise.withResolvers<void>();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => {
    if (!running) Deno.exit(130);
    running = false;
    interrupted.resolve();
  });
}

// The functions' own words are what a developer wants to see; the rest is noise while it works. Where the
// functions listen would only mislead: the gateway is the address.
const quiet = new Set(values.verbose ? [] : ["postgres", "rest", "model"]);
const isNoise = (source: string, line: string) =>
  quiet.has(source) || line.startsWith("deno serve: Listening");

try {
  const project = await projectAt(values.project);
  const env = settingsOf(project, Deno.env.toObject());
  console.log("Starting Postgres, auth, REST, the model and the functions. The first time fetches packages.");
  const started = performance.now();
  const stack = await startStack({
    ...{ port, pace, env },
    parts: partsOf(project),
    restart: "on_change",
    ...(keepFrom && { keep: { root: project.root, from: keepFrom } }),
    log: (source, line) => isNoise(source, line) || console.log(`[${source}] ${line}`),
  });
  running = true;
  const took_ms = performance.now() - started;
  const unserved = await otherFunctions(project);
  console.log(welcome(stack, configuredModel(env), { took_ms, unserved, project: values.project }));
  await interrupted.promise;
  console.log("\nStopping ...");
  await stack.stop();
  Deno.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(1);
}

function readFlags() {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    const pace = {
      first_token_ms: countOf("first-token-ms", values["first-token-ms"]),
      tokens_per_second: countOf("tokens-per-second", values["tokens-per-second"]),
    };
    return { values, pace, port: portOf(values.port) };
  } catch (error) {
    console.error(`${flagProblem(error, Object.keys(OPTIONS))}\n\n${HELP}`);
    Deno.exit(2);
  }
}
