// Tool-call markup where it has no business: in the arguments of a call, for one.
import { readMarker } from "./read_marker.ts";

/** Where a call may begin; lists and comparisons, of which there are many, begin otherwise. */
const START = /<(?=\s{0,4}[/|｜‖│A-Za-z])|\[(?=[TAC])/g;

/** The longest stretch that a call is told by. */
const WINDOW = 320;

/** Whether a whole text holds leaked tool-call markup anywhere. */
export function hasLeakedMarkup(text: string): boolean {
  for (const { index } of text.matchAll(START)) {
    const marker = readMarker(text.slice(index, index + WINDOW), "more to come");
    if (marker !== null && marker !== "undecided" && marker.type === "call") return true;
  }
  return false;
}
