// What each projection makes of the golden logs, as text: one frame a line. Sets 5 and 7 of the AI SDK are written down
// where they differ from set 6.
import { RunEvent } from "../../shared/contracts/events.ts";
import { agUiProjection } from "../../shared/protocols/ag_ui/ag_ui_projection.ts";
import { clientIdsOf } from "../../shared/protocols/ag_ui/client_ids.ts";
import type { ChunkSet } from "../../shared/protocols/ai_sdk/ai_sdk_chunk.ts";
import { aiSdkProjection } from "../../shared/protocols/ai_sdk/ai_sdk_projection.ts";
import type { ProjectedFrame } from "../../shared/protocols/frame.ts";
import { framesOf } from "../../shared/protocols/projection.ts";
import type { GoldenLog } from "../golden/golden_log.ts";

/** A projection as a function of the log alone. */
export interface Projected {
  name: "ai_sdk_5" | "ai_sdk_6" | "ai_sdk_7" | "ag_ui";
  frames(events: readonly RunEvent[], after?: { seq: number; sub: number }): ProjectedFrame[];
}

const aiSdk = (set: ChunkSet): Projected => ({
  name: `ai_sdk_${set}`,
  frames: (events, after) => framesOf(aiSdkProjection(set), events, after),
});

const agUi: Projected = {
  name: "ag_ui",
  frames: (events, after) => framesOf(agUiProjection(idsOf(events)), events, after),
};

export const PROJECTIONS: readonly Projected[] = [aiSdk("6"), aiSdk("5"), aiSdk("7"), agUi];

function idsOf([first]: readonly RunEvent[]) {
  const session_id = first?.type === "session" ? first.session_id : "";
  return clientIdsOf({
    run_id: first?.run_id ?? "",
    session_id,
    client_id: "chat-1",
    request_key: "agui:run-1",
  });
}

export const eventsOfLog = ({ lines }: GoldenLog): RunEvent[] =>
  lines.map((line) => RunEvent.parse(JSON.parse(line)));

/** The file of a projection: for each log its name, and then its frames. */
export function recordingOf({ name, frames }: Projected, logs: readonly GoldenLog[]): string {
  const base = name === "ai_sdk_5" || name === "ai_sdk_7" ? aiSdk("6") : undefined;
  return logs.map((log) => {
    const events = eventsOfLog(log);
    const known = new Set(base && linesBySeq(base.frames(events)).values());
    const lines = [...linesBySeq(frames(events)).values()].filter((one) => !known.has(one));
    return `# ${log.name}\n${lines.join("")}`;
  }).join("");
}

function linesBySeq(frames: readonly ProjectedFrame[]): Map<string, string> {
  const lines = new Map<string, string>();
  for (const { id, event, data } of frames) {
    const [seq = ""] = id.split(".");
    lines.set(seq, `${lines.get(seq) ?? ""}${id} ${event} ${data}\n`);
  }
  return lines;
}

const FOLDER = new URL("./recorded/", import.meta.url);

export function fileOf({ name }: Projected): URL {
  return new URL(`${name}.txt`, FOLDER);
}
