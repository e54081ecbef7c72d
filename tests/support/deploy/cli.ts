// The real Supabase CLI for one test, on this repository, with a home that goes with the test.
import { fileURLToPath } from "node:url";
import { type CliAnswer, supabase, supabaseProgram } from "../../../dev/cli/supabase.ts";

export const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));

// Fetched before the tests begin, so that no test's patience depends on the line.
await supabaseProgram();

export interface Cli extends AsyncDisposable {
  home: string;
  /** Runs a command, whatever it answers. */
  run(args: readonly string[], env?: Record<string, string>): Promise<CliAnswer>;
  /** Runs a command that must succeed, and returns its JSON. */
  json(args: readonly string[], env?: Record<string, string>): Promise<unknown>;
}

/** Use with `await using`. `workdir` is the folder that holds `supabase/`. */
export async function cli(workdir: string = REPOSITORY): Promise<Cli> {
  const home = await Deno.makeTempDir({ prefix: "supabase-cli-" });
  const run: Cli["run"] = (args, env) => supabase(args, { workdir, home, env });
  return {
    home,
    run,
    async json(args, env) {
      const { code, stdout, stderr } = await run([...args, "--output-format", "json"], env);
      if (code !== 0) throw new Error(`supabase ${args.join(" ")} ended with ${code}:\n${stdout}\n${stderr}`);
      return JSON.parse(stdout);
    },
    [Symbol.asyncDispose]: () => Deno.remove(home, { recursive: true }),
  };
}
