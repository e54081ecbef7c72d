// What the agents work on, as the engine knows it. A domain is one value, handed to `compose` by the functions.
import type { Tool } from "./define_tool.ts";

export interface Domain {
  /** Every tool there is, reads first. */
  catalogue: readonly Tool[];
}

/** Checks a domain at start. Throws when two of its tools have one name. */
export function defineDomain(domain: Domain): Domain {
  const names = domain.catalogue.map((tool) => tool.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) throw new Error(`Cannot define the domain: two tools are named "${twice}"`);
  return domain;
}
