// `deno task types`: writes the types of the engine's tables, and those of the domain's, anew from the migrations.
import { fileURLToPath } from "node:url";
import { prepareDatabase } from "./database/prepare.ts";
import { createTemplate, dropDatabase } from "./database/template.ts";
import { startGuard } from "./process/guard.ts";
import { STARTED_ONCE } from "./process/upkeep.ts";
import { TYPE_FILES, typesOf } from "./type_files.ts";

const ROOT = new URL("../", import.meta.url);

await using cleanup = new AsyncDisposableStack();
const guard = startGuard();
cleanup.defer(guard.close);
const home = await Deno.makeTempDir({ prefix: "supabase-cli-" });
cleanup.defer(() => Deno.remove(home, { recursive: true }));
const { admin_url } = await prepareDatabase(Deno.env.get("DATABASE_URL"), {
  ...{ cleanup, upkeep: STARTED_ONCE, guard, migrations: [] },
  log: () => {},
});
for (const { path, migrations } of TYPE_FILES) {
  const name = `types_${crypto.randomUUID().slice(0, 8)}`;
  cleanup.defer(() => dropDatabase(admin_url, name));
  const url = await createTemplate(admin_url, name, migrations);
  await Deno.writeTextFile(new URL(path, ROOT), await typesOf(url, { workdir: fileURLToPath(ROOT), home }));
  console.log(`${path} is up to date with the migrations.`);
}
