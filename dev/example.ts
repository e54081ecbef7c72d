// `deno task example NAME`: a front end of examples/ in the browser, against the local stack.
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { npm, vite } from "./cli/node_npm.ts";
import { localProject } from "./console/local_project.ts";
import { DEMO_USER } from "./demo_user.ts";
import { pack } from "./pack.ts";
import { startGuard } from "./process/guard.ts";
import { runToEnd } from "./process/run_to_end.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));
const NAMES = [...Deno.readDirSync(join(ROOT, "examples"))].flatMap(({ name, isDirectory }) =>
  isDirectory ? [name] : []
).sort();

const HELP = `Usage: deno task example NAME

Packs the client, installs the example's packages and serves its page, with the local stack, which is started if none
runs on its usual port. NAME is one of: ${NAMES.join(", ")}.
`;

const { positionals: [name, ...more] } = parseArgs({ allowPositionals: true });
if (name === undefined || !NAMES.includes(name) || more.length > 0) {
  console.error(HELP);
  Deno.exit(2);
}
await serve(join(ROOT, "examples", name));

async function serve(cwd: string): Promise<void> {
  const guard = startGuard();
  await using project = await localProject((line) => console.log(line));
  await pack(join(ROOT, "dist/client"));
  const shown = { stdout: "inherit", stderr: "inherit" } as const;
  const installed = await runToEnd(await npm(["install", "--no-audit", "--no-fund"], { cwd }, shown), guard);
  if (!installed.success) Deno.exit(1);
  const { url = "", publishable_key = "" } = project.built_for;
  console.log(`\nSign in as ${DEMO_USER.email} with ${DEMO_USER.password}. Ctrl-C ends it.`);
  const env = { VITE_SUPABASE_URL: url, VITE_SUPABASE_PUBLISHABLE_KEY: publishable_key };
  await runToEnd(await vite({ cwd, env }, shown), guard);
  await guard.close();
}
