// What came of a step, before it is handed in.
import type { Json } from "../../../shared/contracts/text.ts";

/** What a step did, as sentences and as data with the ids that later steps need. */
export interface Report {
  sentences: string[];
  data: { [key: string]: Json };
}
