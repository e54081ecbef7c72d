// What a test, or a script that works like one, is told of the stack that it runs against.
import { denoEnvironment } from "../process/environment.ts";
import type { Stack } from "../stack.ts";

/** The variables that tests/support/stack.ts reads, and those that Deno and the browser need. */
export function testEnvironment(stack: Stack): Record<string, string> {
  const chrome = Deno.env.get("CHROME_PATH");
  if (stack.template_name === null || stack.parts === null) {
    throw new Error(
      "Cannot test on a stack with kept data or another project: tests need a template of ours",
    );
  }
  return {
    ...denoEnvironment(),
    ...(chrome && { CHROME_PATH: chrome }),
    TEST_SUPABASE_URL: stack.url,
    TEST_PUBLISHABLE_KEY: stack.publishable_key,
    TEST_JWT_SECRET: stack.jwt_secret,
    TEST_DATABASE_URL: stack.database_url,
    TEST_ADMIN_URL: stack.admin_url,
    TEST_TEMPLATE: stack.template_name,
    TEST_PARTS: stack.parts,
    TEST_MODEL_URL: stack.model.url,
  };
}
