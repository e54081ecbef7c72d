// A golden log on disk: `<name>.jsonl`, one event a line, exactly as it was sent, and `<name>.state.json`, what it
// adds up to.
import type { ReadEvent } from "../../shared/contracts/read_event.ts";
import type { RunState } from "../../shared/contracts/run_state.ts";

const FOLDER = new URL("./logs/", import.meta.url);

export interface GoldenLog {
  name: string;
  /** The `data` of every event. */
  lines: string[];
  state: unknown;
}

/** All golden logs, by name. */
export async function readGoldenLogs(): Promise<GoldenLog[]> {
  const logs: GoldenLog[] = [];
  for await (const { name: file } of Deno.readDir(FOLDER)) {
    if (!file.endsWith(".jsonl")) continue;
    const name = file.replace(/\.jsonl$/, "");
    const lines = (await Deno.readTextFile(new URL(file, FOLDER))).trimEnd().split("\n");
    const state: unknown = JSON.parse(await Deno.readTextFile(new URL(`${name}.state.json`, FOLDER)));
    logs.push({ name, lines, state });
  }
  return logs.toSorted((a, b) => a.name < b.name ? -1 : 1);
}

/** Writes a new one. A log that is there already is history and stays as it is: the error says so. */
export async function writeGoldenLog(
  name: string,
  events: readonly ReadEvent[],
  state: RunState,
): Promise<void> {
  const lines = events.map((event) => `${JSON.stringify(event)}\n`).join("");
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeTextFile(new URL(`${name}.jsonl`, FOLDER), lines, { createNew: true });
  await Deno.writeTextFile(new URL(`${name}.state.json`, FOLDER), `${JSON.stringify(state, null, 2)}\n`, {
    createNew: true,
  });
}
