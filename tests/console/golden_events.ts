// The recorded logs as a reader of a run has them.
import type { ReadEvent } from "../../client/mod.ts";
import { wholeEvent } from "../../client/position.ts";
import { readEvent } from "../../client/read_events.ts";

const FOLDER = new URL("../golden/logs/", import.meta.url);

/** Every log by its name. */
export function goldenEvents(): Map<string, ReadEvent[]> {
  const names = [...Deno.readDirSync(FOLDER)].map(({ name }) => name).filter((name) =>
    name.endsWith(".jsonl")
  );
  return new Map(names.sort().map((name) => [name.replace(".jsonl", ""), eventsOf(name)]));
}

function eventsOf(file: string): ReadEvent[] {
  const lines = Deno.readTextFileSync(new URL(file, FOLDER)).trim().split("\n");
  return lines.flatMap((data) => {
    const { seq, type } = JSON.parse(data);
    const event = readEvent({ at: wholeEvent(seq), event: type, data });
    return event ? [event] : [];
  });
}
