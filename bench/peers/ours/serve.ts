// The project as it runs, on the bench's database and model: auth and REST, gateway and both functions, each a process
// of its own, out of the checkout that CHECKOUT names, which may be an older one. Started with that checkout's
// deno.json. LAYER is "lite", the REST layer of the local stack, or "thin". The line that says where it is names a second
// address, too, which tells how many requests have gone to the database.
import { pathToFileURL } from "node:url";
import { z } from "zod";

const env = z.object({
  CHECKOUT: z.string(),
  DATABASE_URL: z.url(),
  MODEL_URL: z.url(),
  LAYER: z.enum(["lite", "thin"]),
}).parse(Deno.env.toObject());

const root = pathToFileURL(`${env.CHECKOUT}/`);
const from = (path: string) => import(new URL(path, root).href);
const { installPlatform }: typeof import("../../../dev/database/template.ts") = await from(
  "dev/database/template.ts",
);
const { migrate }: typeof import("../../../dev/database/migrations.ts") = await from(
  "dev/database/migrations.ts",
);
const { PARTS }: typeof import("../../../dev/parts.ts") = await from("dev/parts.ts");
const { startFunctions }: typeof import("../../../dev/functions.ts") = await from("dev/functions.ts");
const { startGateway }: typeof import("../../../dev/gateway.ts") = await from("dev/gateway.ts");
const { startRest }: typeof import("../../../dev/rest.ts") = await from("dev/rest.ts");
const { LOCAL_PUBLISHABLE_KEY }: typeof import("../../../dev/local_key.ts") = await from("dev/local_key.ts");
const { startGuard }: typeof import("../../../dev/process/guard.ts") = await from("dev/process/guard.ts");
const { STARTED_ONCE }: typeof import("../../../dev/process/upkeep.ts") = await from("dev/process/upkeep.ts");
const { denoEnvironment }: typeof import("../../../dev/process/environment.ts") = await from(
  "dev/process/environment.ts",
);

/** A user of the bench works more in minutes than others in a day. */
const UNBOUNDED = Object.fromEntries(
  ["USER_TOKENS_PER_HOUR", "USER_TOKENS_PER_DAY", "USER_RUNS_PER_HOUR", "USER_RUNS_PER_DAY"]
    .map((name) => [name, "1000000000"]),
);

const log = (source: string, line: string) => console.log(`[${source}] ${line}`);
const guard = startGuard();
let requests = 0;
countRequests();

const upstreams: Parameters<typeof startGateway>[1] = { functions: {}, problems: {} };
const gateway = startGateway(0, upstreams, log);
await installPlatform(env.DATABASE_URL);
await migrate(env.DATABASE_URL, PARTS.product.migrations);
const rest = await (env.LAYER === "thin" ? startThinRest() : startRest({
  database_url: env.DATABASE_URL,
  publishable_key: LOCAL_PUBLISHABLE_KEY,
  jwt_secret: `${crypto.randomUUID()}${crypto.randomUUID()}`,
  site_url: gateway.url,
  schemas: ["public"],
  ...{ upkeep: STARTED_ONCE, guard, log },
}));
upstreams.auth_and_rest = rest.url;
const functions = await startFunctions({
  supabase_url: gateway.url,
  publishable_key: LOCAL_PUBLISHABLE_KEY,
  settings: {
    LLM_BASE_URL: env.MODEL_URL,
    LLM_API_KEY: "bench",
    LLM_BALANCED_MODELS: "scripted",
    LLM_SPEED_MODELS: "scripted",
    ...UNBOUNDED,
  },
  entries: PARTS.product.entries,
  restart: "never",
  ...{ guard, log },
});
for (const [name, problem] of Object.entries(functions.problems)) throw new Error(`${name}: ${problem}`);
upstreams.functions = functions.addresses;

const counter = Deno.serve(
  { hostname: "127.0.0.1", port: 0, onListen: () => {} },
  () => Response.json({ requests }),
);
console.log(`listening at ${gateway.url}, counting at http://127.0.0.1:${counter.addr.port}`);

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await functions.stop();
    await rest.stop();
    await guard.close();
    Deno.exit(0);
  });
}

/** The gateway is in this process, and its fetch is what the functions' requests pass. */
function countRequests(): void {
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    if (input instanceof URL && input.pathname.startsWith("/rest/v1/")) requests += 1;
    return fetch(input, init);
  };
}

async function startThinRest() {
  const child = await STARTED_ONCE.start({
    name: "rest",
    command: Deno.execPath(),
    args: [
      ...["run", "--no-prompt", "--allow-net", "--allow-env", "--allow-sys", "--allow-read"],
      ...["--config", new URL("deno.json", root).pathname, new URL("./thin_rest.ts", import.meta.url).href],
    ],
    env: { ...denoEnvironment(), DATABASE_URL: env.DATABASE_URL },
    ready: /at (http:\/\/127\.0\.0\.1:\d+)/,
    ...{ guard, log },
  });
  return { url: z.string().parse(child.ready[1]), stop: child.stop };
}
