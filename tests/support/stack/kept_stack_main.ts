// A stack whose data are kept, as a process with all rights: `kept_stack_main.ts <root> <before | nothing>` writes one
// line, what it is or why it can't be, and ends when its input does.
import { startStack } from "../../../dev/stack.ts";

const [root = "", from] = Deno.args;
try {
  const { stop, ...stack } = await startStack({
    ...{ port: 0, env: {}, pace: { first_token_ms: 0, tokens_per_second: 0 }, log: () => {} },
    keep: { root, from: from === "nothing" ? "nothing" : "before" },
  });
  console.log(JSON.stringify(stack));
  await Deno.stdin.readable.pipeTo(new WritableStream());
  await stop();
  Deno.exit(0);
} catch (error) {
  console.log(JSON.stringify({ problem: String(error) }));
  Deno.exit(1);
}
