// `deno task golden [names]`: records event logs for tests/golden/ from real runs on a stack of its own.
import { fileURLToPath } from "node:url";
import { startStack } from "../../dev/stack.ts";
import { testEnvironment } from "../../dev/testing/test_environment.ts";

const stack = await startStack({
  port: 0,
  env: {},
  parts: "test_domain",
  pace: { first_token_ms: 0, tokens_per_second: 0 },
  log: () => {},
});
const recorder = fileURLToPath(new URL("./record.ts", import.meta.url));
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["run", "--allow-all", "--unstable-no-legacy-abort", recorder, ...Deno.args],
  env: testEnvironment(stack),
  clearEnv: true,
}).spawn().status;
await stack.stop();
Deno.exit(code);
