// How large the deployed functions are and how fast they start.
import { join } from "node:path";
import { startGuard } from "../../../dev/process/guard.ts";
import { deploy } from "./deploy.ts";
import { DENO_VERSIONS, denoProgram, type DenoVersion, startDeployed } from "./deployed_function.ts";
import type { Upload } from "./fake_management_api.ts";

export interface DeployMeasure {
  slug: string;
  files: number;
  /** Of the files that the CLI uploads. */
  uploaded_bytes: number;
  /** Of one JavaScript file that holds them and their npm packages, not minified. */
  bundled_bytes: number;
  /** From the start of the process to the first answer, the median of the rounds, packages in the cache. */
  start_ms: Record<DenoVersion, number>;
}

/** Deploys with the real CLI and measures each function. `rounds` is how often each is started. */
export async function measureDeploy(workdir: string, rounds = 5): Promise<DeployMeasure[]> {
  await using deployment = await deploy(workdir);
  const measures: DeployMeasure[] = [];
  for (const upload of deployment.uploads) {
    measures.push({
      slug: upload.slug,
      files: upload.files.length,
      uploaded_bytes: upload.files.reduce((sum, { bytes }) => sum + bytes, 0),
      bundled_bytes: await bundledBytes(upload),
      start_ms: {
        "2.1.4": await startMs(upload, "2.1.4", rounds),
        "2.9.6": await startMs(upload, "2.9.6", rounds),
      },
    });
  }
  return measures;
}

/** The size of the function as one file, npm packages included. */
export async function bundledBytes({ folder, metadata }: Upload): Promise<number> {
  const output = `${folder}.bundle.js`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["bundle", "--quiet", "--no-lock", "--config", join(folder, metadata.import_map_path)],
      ...["--output", output, join(folder, metadata.entrypoint_path)],
    ],
    cwd: folder,
  }).output();
  if (!success) throw new Error(`The function can't be bundled:\n${new TextDecoder().decode(stderr)}`);
  const { size } = await Deno.stat(output);
  await Deno.remove(output);
  return size;
}

async function startMs(
  upload: Upload,
  version: typeof DENO_VERSIONS[number],
  rounds: number,
): Promise<number> {
  const deno = await denoProgram(version);
  const guard = startGuard();
  try {
    const times: number[] = [];
    // The first start fills the caches and does not count.
    for (let round = 0; round <= rounds; round += 1) {
      const from = performance.now();
      const { url, child } = await startDeployed(upload, {
        deno,
        env: { SUPABASE_URL: "http://127.0.0.1:9", SUPABASE_PUBLISHABLE_KEYS: '{"default":"none"}' },
        guard,
        log: () => {},
      });
      await (await fetch(`${url}/${upload.slug}`, { method: "OPTIONS" })).body?.cancel();
      times.push(performance.now() - from);
      await child.stop();
    }
    return Math.round(times.slice(1).toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0);
  } finally {
    await guard.close();
  }
}
