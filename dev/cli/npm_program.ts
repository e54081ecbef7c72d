// Programs that npm packages carry for one platform each: the Supabase CLI, Deno in another version. Deno puts
// them into its cache as it does every package; no install script runs, and no npm is needed.

export interface NpmProgram {
  /** The package for this platform. */
  package_name: string;
  version: string;
  /** The program's path in the package. */
  path: string;
}

const known = new Map<string, Promise<string>>();

/** Brings the package if it is not here, and returns the program's path. */
export function npmProgram(program: NpmProgram): Promise<string> {
  const specifier = `npm:${program.package_name}@${program.version}`;
  const path = known.get(specifier) ?? locate(specifier, program);
  known.set(specifier, path);
  return path;
}

async function locate(specifier: string, { path }: NpmProgram): Promise<string> {
  const code = `import "${specifier}/package.json" with { type: "json" };
    console.log(new URL(import.meta.resolve("${specifier}/${path}")).pathname);`;
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", "--no-config", code],
  }).output();
  if (!success) {
    throw new Error(`The package ${specifier} did not come:\n${new TextDecoder().decode(stderr)}`);
  }
  return decodeURIComponent(new TextDecoder().decode(stdout).trim());
}

/** The two halves of a platform's name as npm packages have it: linux-x64, darwin-arm64. */
export function npmPlatform(): string {
  return `${Deno.build.os}-${Deno.build.arch === "x86_64" ? "x64" : "arm64"}`;
}
