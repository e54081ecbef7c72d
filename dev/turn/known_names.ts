// How rows are called, as far as the run's tools have told: a person knows an event by its title, not by its id.
import type { CallState, RunState } from "../../shared/contracts/run_state.ts";
import type { Json } from "../../shared/contracts/text.ts";

/** The titles and names of the rows in what calls have found, by their ids. */
export function knownNames({ shown, plan }: RunState): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const calls: CallState[] = [
    ...shown.flatMap((one) => one.type === "calls" ? one.calls : []),
    ...(plan?.steps ?? []).flatMap((step) => step.calls),
  ];
  for (const { data } of calls) collect(data, names);
  return names;
}

function collect(value: Json, names: Map<string, string>): void {
  if (value === null || typeof value !== "object") return;
  if (!Array.isArray(value)) {
    const name = value.title ?? value.name;
    if (typeof value.id === "string" && typeof name === "string") names.set(value.id, name);
  }
  for (const item of Object.values(value)) collect(item, names);
}
