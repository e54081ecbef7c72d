// Tool-call markup where it has no business: in the arguments of a call, for one.
import { readMarker } from "./speech/read_marker.ts";

/** Whether a whole text holds leaked tool-call markup anywhere. */
export function hasLeakedMarkup(text: string): boolean {
  for (const { index } of text.matchAll(/[<[]/g)) {
    const marker = readMarker(text.slice(index, index + WINDOW), "more to come");
    if (marker !== null && marker !== "undecided" && marker.type === "call") return true;
  }
  return false;
}

const WINDOW = 320;
