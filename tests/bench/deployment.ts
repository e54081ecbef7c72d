// How large the functions are that the CLI deploys, and how soon they answer, under the platform's Deno and ours.
import { fileURLToPath } from "node:url";
import { measureDeploy } from "../support/deploy/measure_deploy.ts";
import type { FigureGroup } from "./report.ts";

const ROUNDS = 3;
const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

/** Uploads them with the real CLI to an API on loopback, and starts what was uploaded. */
export async function deployment(): Promise<FigureGroup> {
  const measures = await measureDeploy(REPOSITORY, ROUNDS);
  return {
    title: "Deployed functions",
    figures: measures.flatMap(({ slug, files, uploaded_bytes, bundled_bytes, start_ms }) => [
      {
        what: `${slug}, size with its packages`,
        result: kilobytes(bundled_bytes),
        aim: "",
        detail: `one file, not minified; the CLI uploads ${files} files, ${kilobytes(uploaded_bytes)}`,
      },
      {
        what: `${slug}, start to first answer`,
        result: Object.values(start_ms).map((time) => `${time} ms`).join(" / "),
        aim: "",
        detail: `Deno ${Object.keys(start_ms).join(" / ")}, packages in the cache, median of ${ROUNDS}`,
      },
    ]),
  };
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1_000).toLocaleString("en-US")} kB`;
}
