// `deno task check`: formatting, lint, types, and the direction of imports. Says what failed, runs them all.

const STEPS: readonly (readonly string[])[] = [
  ["fmt", "--check", "--quiet"],
  ["lint", "--quiet"],
  ["check", "--quiet", "dev/", "shared/", "supabase/functions/", "tests/"],
  ["test", "--quiet", "--allow-read", "tests/imports_test.ts"],
];

/** Whether all steps passed. Their own words go to the terminal. */
export async function check(): Promise<boolean> {
  let passed = true;
  for (const args of STEPS) {
    const { success } = await new Deno.Command(Deno.execPath(), { args: [...args] }).spawn().status;
    if (!success) console.error(`deno ${args[0]} failed`);
    passed &&= success;
  }
  return passed;
}

if (import.meta.main) Deno.exit(await check() ? 0 : 1);
