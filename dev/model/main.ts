// The demo model as a process of its own: `deno run dev/model/main.ts --port 9000`.
import { parseArgs } from "node:util";
import { MODEL_ID } from "./reply.ts";
import { modelApp } from "./server.ts";

const { values } = parseArgs({
  options: {
    host: { type: "string", default: "127.0.0.1" },
    port: { type: "string", default: "0" },
    "first-token-ms": { type: "string", default: "0" },
    "tokens-per-second": { type: "string", default: "0" },
  },
});

const pace = {
  first_token_ms: count("first-token-ms"),
  tokens_per_second: count("tokens-per-second"),
};

Deno.serve({
  hostname: values.host,
  port: count("port"),
  onListen: ({ port }) =>
    console.log(`${MODEL_ID}: rule-based, no language model, at http://${values.host}:${port}/v1`),
}, modelApp(pace).fetch);

function count(flag: Exclude<keyof typeof values, "host">): number {
  const value = Number(values[flag]);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`--${flag} must be a whole number from 0, not "${values[flag]}".`);
  Deno.exit(2);
}
