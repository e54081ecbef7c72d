// The client as it is published, put where npm would put it.
import { fileURLToPath } from "node:url";
import { npmProgram } from "../../../dev/cli/npm_program.ts";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

/** Writes the package into this folder. */
export async function packClient(folder: string): Promise<void> {
  await Deno.mkdir(`${folder}/src`, { recursive: true });
  await Deno.mkdir(`${folder}/node_modules`, { recursive: true });
  const exports = { ".": "./src/client/mod.ts" };
  await Deno.writeTextFile(`${folder}/package.json`, JSON.stringify({ type: "module", exports }));
  const zod = await npmProgram({ package_name: "zod", version: "4.6.7", path: "package.json" });
  const copies = [[`${ROOT}client`, "src"], [`${ROOT}shared`, "src"], [
    zod.replace(/package.json$/, ""),
    "node_modules/zod",
  ]];
  for (const [from = "", to] of copies) {
    await new Deno.Command("cp", { args: ["-r", from, `${folder}/${to}`] }).output();
  }
}
