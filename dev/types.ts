// `deno task types`: writes shared/db/database.types.ts anew from the migrations.
import { fileURLToPath } from "node:url";
import { generateTypes } from "./cli/supabase.ts";
import { prepareDatabase } from "./database/prepare.ts";
import { startGuard } from "./process/guard.ts";

const TYPES = new URL("../shared/db/database.types.ts", import.meta.url);

await using cleanup = new AsyncDisposableStack();
const guard = startGuard();
cleanup.defer(guard.close);
const home = await Deno.makeTempDir({ prefix: "supabase-cli-" });
cleanup.defer(() => Deno.remove(home, { recursive: true }));
const { database_url } = await prepareDatabase(Deno.env.get("DATABASE_URL"), {
  cleanup,
  guard,
  log: () => {},
});
const workdir = fileURLToPath(new URL("..", import.meta.url));
await Deno.writeTextFile(TYPES, await generateTypes(database_url, { workdir, home }));
console.log("shared/db/database.types.ts is up to date with the migrations.");
