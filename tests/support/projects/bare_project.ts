// A folder with as much of a Supabase project as a test says, for what looks at folders alone.
import { dirname, join } from "node:path";

interface BareProject {
  /** The text of config.toml; null for none. */
  config: string | null;
  /** The lock says so; without it there is none. */
  engine_schema?: string;
}

/** Use with `await using`. */
export async function bareProject({ config, engine_schema }: BareProject) {
  const root = await Deno.realPath(await Deno.makeTempDir());
  const write = async (path: string, text: string) => {
    await Deno.mkdir(dirname(join(root, path)), { recursive: true });
    await Deno.writeTextFile(join(root, path), text);
  };
  if (config !== null) await write("supabase/config.toml", config);
  if (engine_schema !== undefined) {
    const lock = { version: "0.1.0", schema: engine_schema, files: {}, migrations: {} };
    await write("supabase/functions/_agent/agent.lock.json", JSON.stringify(lock));
  }
  return { root, write, [Symbol.asyncDispose]: () => Deno.remove(root, { recursive: true }) };
}
