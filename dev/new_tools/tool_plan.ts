// All that is decided of a relation's tools: what their file and their migration are written from.
import type { ListPlan } from "./decide_list.ts";
import type { Shown } from "./decide_shown.ts";
import type { Writes } from "./decide_writes.ts";
import type { Facts } from "./facts.ts";

export interface ToolPlan extends Facts {
  shown: Shown;
  list: ListPlan;
  writes: Writes;
  /** Sentences for whoever asked for them. */
  notes: string[];
}
