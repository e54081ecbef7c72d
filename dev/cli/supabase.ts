// The real Supabase CLI, with a home of its own: it sees nothing of the user's settings, keys and linked
// projects, asks nothing, and reports nothing.
import { npmPlatform, npmProgram } from "./npm_program.ts";

export const CLI_VERSION = "3.1.0";

export interface CliOptions {
  /** The folder that holds `supabase/`. */
  workdir: string;
  /** An empty folder for what the CLI keeps between calls. */
  home: string;
  env?: Record<string, string>;
}

export interface CliAnswer {
  code: number;
  stdout: string;
  stderr: string;
}

/** The program, out of the npm package (50 MB to fetch the first time). */
export function supabaseProgram(): Promise<string> {
  return npmProgram({
    package_name: `@supabase/cli-${npmPlatform()}`,
    version: CLI_VERSION,
    path: "bin/supabase",
  });
}

/** Runs one command to its end, whatever it answers. */
export async function supabase(args: readonly string[], options: CliOptions): Promise<CliAnswer> {
  const { workdir, home, env } = options;
  const { code, stdout, stderr } = await new Deno.Command(await supabaseProgram(), {
    args: ["--workdir", workdir, "--agent", "no", "--yes", ...args],
    env: {
      PATH: "/usr/bin:/bin",
      HOME: home,
      SUPABASE_HOME: home,
      SUPABASE_NO_KEYRING: "1",
      SUPABASE_TELEMETRY_DISABLED: "1",
      DO_NOT_TRACK: "1",
      PGSSLMODE: "disable",
      ...env,
    },
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

/** TypeScript for the tables and functions of these schemas of the database at `url`. Throws when the CLI refuses. */
export async function generateTypes(
  url: string,
  schemas: readonly string[],
  options: CliOptions,
): Promise<string> {
  const { code, stdout, stderr } = await supabase(
    ["gen", "types", "--lang", "typescript", `--schema=${schemas.join(",")}`, `--remote=${url}`],
    options,
  );
  if (code !== 0) throw new Error(`supabase gen types failed:\n${stderr}`);
  return stdout;
}
