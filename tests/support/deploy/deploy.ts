// `supabase functions deploy --use-api` with the real CLI, to a management API on loopback.
import { join } from "node:path";
import { startFakeManagementApi, type Upload } from "./fake_management_api.ts";
import { supabase } from "../../../dev/cli/supabase.ts";

const PROJECT = "abcdefghijklmnopqrst";

export interface Deployment extends AsyncDisposable {
  /** What was uploaded, by function. */
  uploads: Upload[];
  /** The functions that went live. */
  live: string[];
  /** What the CLI asked for and did not get. */
  unknown: string[];
  /** What the CLI wrote. */
  output: string;
}

/** Deploys every function of the project in `workdir`. The uploads are in folders that go with the deployment. */
export async function deploy(workdir: string): Promise<Deployment> {
  await using cleanup = new AsyncDisposableStack();
  const folder = await Deno.makeTempDir({ prefix: "supabase-deploy-" });
  cleanup.defer(() => Deno.remove(folder, { recursive: true }));
  const home = join(folder, "home");
  await Deno.mkdir(home);
  const api = startFakeManagementApi(join(folder, "functions"));
  try {
    const profile = join(folder, "profile.yaml");
    const lines = { name: "fake", api_url: api.url, dashboard_url: api.url, project_host: "127.0.0.1" };
    await Deno.writeTextFile(profile, Object.entries(lines).map((line) => line.join(": ")).join("\n"));
    const { code, stdout, stderr } = await supabase(
      ["--profile", profile, "functions", "deploy", "--use-api", `--remote=${PROJECT}`],
      // The form of a token; it opens nothing.
      { workdir, home, env: { SUPABASE_ACCESS_TOKEN: `sbp_${"0".repeat(40)}` } },
    );
    if (code !== 0) throw new Error(`supabase functions deploy ended with ${code}:\n${stdout}\n${stderr}`);
    const { uploads, live, unknown } = api;
    const kept = cleanup.move();
    const dispose = () => kept.disposeAsync();
    return { uploads, live, unknown, output: `${stdout}\n${stderr}`, [Symbol.asyncDispose]: dispose };
  } finally {
    await api.stop();
  }
}
