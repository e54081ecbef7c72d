// The developer's settings: the environment, and the file `.env` for what the environment does not say.
import { parseEnv } from "node:util";

const FILE = new URL("../.env", import.meta.url);

/** All variables; those of the environment win over those of the file. */
export function settings(): Record<string, string> {
  return { ...readFile(), ...Deno.env.toObject() };
}

/** Those of the functions besides the model's: the budgets and lifetimes of .env.example, where they are given. */
export function ownSettings(env: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => /^(RUN|USER)_/.test(name) && value !== ""),
  );
}

function readFile(): Record<string, string> {
  try {
    const entries = Object.entries(parseEnv(Deno.readTextFileSync(FILE)));
    return Object.fromEntries(entries.flatMap(([name, value]) => value === undefined ? [] : [[name, value]]));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}
