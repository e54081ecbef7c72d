// `deno task check`: formatting, lint, types, the direction of imports, and what the pages name.

interface Step {
  name: string;
  args: readonly string[];
}

/** What needs no test to run. */
export const STATIC_STEPS: readonly Step[] = [
  { name: "Formatting (mend it with: deno fmt)", args: ["fmt", "--check", "--quiet"] },
  { name: "Lint", args: ["lint", "--quiet"] },
  {
    name: "Types",
    args: [
      ...["check", "--quiet", "client/", "dev/", "shared/", "supabase/functions/", "tests/"],
      // The frameworks' own servers run on Node and have their packages there.
      ...["bench/peers/model/", "bench/peers/ours/"],
    ],
  },
  {
    name: "Types of the console",
    args: ["check", "--quiet", "--config", "console/compiler.json", "console/"],
  },
];

const IMPORTS: Step = {
  name: "Direction of imports",
  args: ["test", "--quiet", "--allow-read", "tests/imports_test.ts", "tests/console/markup_test.ts"],
};

const PAGES: Step = {
  name: "Names and tables in README and docs/",
  args: [
    ...["test", "--quiet", "--no-check", "--allow-read", "--allow-env"],
    ...["tests/docs/references_test.ts", "tests/docs/tables_test.ts"],
  ],
};

/** The types of these files, and of what they import. */
export function typesOf(files: readonly string[]): Step {
  return { name: "Types", args: ["check", "--quiet", ...files] };
}

/** Runs all steps and returns the names of those that failed. Their own words go to the terminal. */
export async function check(steps: readonly Step[]): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, args } of steps) {
    const { success } = await new Deno.Command(Deno.execPath(), { args: [...args] }).spawn().status;
    if (!success) failed.push(name);
    console.log(`${name}: ${success ? "ok" : "FAILED"}`);
  }
  return failed;
}

if (import.meta.main) {
  const failed = await check([...STATIC_STEPS, IMPORTS, PAGES]);
  Deno.exit(failed.length === 0 ? 0 : 1);
}
