// Numbers from the environment: each has a variable and a default, and what is wrong is named.
import type { z } from "zod";

/** Throws a sentence that names the variable which is wrong. One that is empty counts as not set. */
export function readSettings<Settings extends Record<string, number>>(
  schema: z.ZodType<Settings>,
  variables: Record<keyof Settings & string, string>,
  env: Record<string, string | undefined>,
): Settings {
  const names = Object.entries<string>(variables);
  const parsed = schema.safeParse(
    Object.fromEntries(names.map(([key, variable]) => [key, env[variable] || undefined])),
  );
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const variable = names.find(([key]) => key === issue?.path[0])?.[1];
  throw new Error(`${variable} must be ${issue ? wanted(issue) : "a number"}.`);
}

/** What a number has to be, in the words of the bound that it breaks. */
function wanted(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      return `${issue.inclusive ? "at least" : "more than"} ${issue.minimum}`;
    case "too_big":
      return `${issue.inclusive ? "at most" : "less than"} ${issue.maximum}`;
    case "invalid_type":
      return issue.expected === "int" ? "a whole number" : "a number";
    default:
      return "a number";
  }
}
