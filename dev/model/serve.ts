// A model as a process of its own: its flags, its port, the line that says where it listens.
import { parseArgs } from "node:util";
import { MODEL_ID } from "./reply.ts";
import { type Brain, modelApp } from "./server.ts";

/** Serves until the process ends. The flags of the process say the port and the pace. */
export function serveModel(brain: Brain | null): void {
  const { values } = parseArgs({
    options: {
      host: { type: "string", default: "127.0.0.1" },
      port: { type: "string", default: "0" },
      "first-token-ms": { type: "string", default: "0" },
      "tokens-per-second": { type: "string", default: "0" },
    },
  });
  const pace = {
    first_token_ms: count("first-token-ms", values["first-token-ms"]),
    tokens_per_second: count("tokens-per-second", values["tokens-per-second"]),
  };
  Deno.serve({
    hostname: values.host,
    port: count("port", values.port),
    onListen: ({ port }) =>
      console.log(`${MODEL_ID}: rule-based, no language model, at http://${values.host}:${port}/v1`),
  }, modelApp(pace, brain).fetch);
}

function count(flag: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 0) return value;
  console.error(`--${flag} must be a whole number from 0, not "${text}".`);
  Deno.exit(2);
}
