// `deno task console`: the console in the browser, on the local stack or on a project.
import { parseArgs } from "node:util";
import { type BuiltFor, bundle, DIST, stopBundler, writeBundle } from "./console/build.ts";
import { ANY_PROJECT } from "./console/headers.ts";
import { localProject } from "./console/local_project.ts";
import { serveConsole } from "./console/serve.ts";
import { projectAt } from "./project/project.ts";
import { schemaNameProblem } from "./schema/schema_name.ts";
import { flagProblem } from "./terminal/flag_problem.ts";
import { portOf } from "./terminal/whole_number.ts";

const HELP = `Usage: deno task console [flags]

Builds the console and serves it on this machine. Without --url it is for the local stack, which is started if
none runs on its usual port.

  --project DIR  the local stack of a project that init wrote the engine into
  --port N       port of the page (54330); 0 takes any free one
  --url URL      the project to talk to, as in https://<ref>.supabase.co
  --key KEY      its publishable key
  --schema NAME  the schema that its agents' tables are in (public, or that of --project)
  --build        only writes the files, for any static host
  --out PATH     the folder that --build writes: empty, new, or one that it wrote before; console/dist if it is not given
`;

const OPTIONS = {
  project: { type: "string" },
  port: { type: "string", default: "54330" },
  url: { type: "string" },
  key: { type: "string" },
  schema: { type: "string" },
  build: { type: "boolean", default: false },
  out: { type: "string", default: DIST },
  help: { type: "boolean", default: false },
} as const;

const { values, port } = readFlags();

if (values.help) {
  console.log(HELP);
} else {
  try {
    await (values.build ? build() : serve());
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}

function readFlags() {
  try {
    const { values } = parseArgs({ options: OPTIONS });
    return { values, port: portOf(values.port) };
  } catch (error) {
    console.error(`${flagProblem(error, Object.keys(OPTIONS))}\n\n${HELP}`);
    Deno.exit(2);
  }
}

async function named(): Promise<BuiltFor | null> {
  const { url, key, schema } = values;
  if (key !== undefined && /^sb_secret_/.test(key)) {
    throw new Error(
      "That is a secret key. The console takes the publishable one: everybody can read the page.",
    );
  }
  const wrong = schema === undefined ? null : schemaNameProblem(schema);
  if (wrong !== null) throw new Error(`--schema: ${wrong}`);
  if (url === undefined) {
    if (schema !== undefined) throw new Error("--schema belongs to a project: name that with --url.");
    return null;
  }
  if (!/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
    throw new Error(`--url must be a URL, not "${url}".`);
  }
  const { engine_schema } = await projectAt(values.project);
  return { url, publishable_key: key, schema: schema ?? engine_schema };
}

async function build(): Promise<void> {
  const built_for = await named();
  await writeBundle(await bundle(built_for ?? {}), values.out);
  await stopBundler();
  console.log(
    `Written to ${values.out}. ${
      built_for
        ? `The page talks to ${built_for.url} and nothing else.`
        : `Its user names the project, so the page may talk to ${ANY_PROJECT}. Name it with --url to allow that one alone.`
    }`,
  );
}

async function serve(): Promise<void> {
  const given = await named();
  await using project = given ? null : await localProject(
    (line) => console.log(line),
    await projectAt(values.project),
  );
  const ended = Promise.withResolvers<void>();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    Deno.addSignalListener(signal, () => ended.resolve());
  }
  const served = await serveConsole(
    port,
    given ?? project?.built_for ?? {},
    (line) => console.log(line),
  );
  console.log(
    `\nThe console: ${served.url}\nIt talks to ${given?.url ?? project?.built_for.url}. Ctrl-C ends it.`,
  );
  await ended.promise;
  await served.stop();
  await stopBundler();
}
