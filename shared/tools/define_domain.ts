// What the agents work on, as the engine knows it. A domain is one value, handed to `compose` by the functions.
import { GENERAL_CONTEXTS } from "../contracts/request.ts";
import type { ToolErrorKind } from "../contracts/tool_result.ts";
import type { Tool } from "./define_tool.ts";

export interface Domain {
  /** Ends the sentence "You are the planner of …", without a full stop. Every prompt pays for it. */
  about: string;
  /** The names that a request may give as `context_type`, beside those that every domain has. */
  contexts: readonly string[];
  /** Every tool there is, reads first. */
  catalogue: readonly Tool[];
  /** What the model is told when a named constraint refuses its write. */
  refusals?: Refusals;
}

/** By the constraint's name: the kind of error, and a sentence that says what would be right. */
export type Refusals = Readonly<Record<string, readonly [ToolErrorKind, string]>>;

/** As the column holds it: see the check on `chat_sessions.context_type`. */
const CONTEXT_NAME = /^[a-z][a-z0-9_]{0,62}$/;

/** Checks a domain at start. Throws on a name that is there twice, and on one that the database would refuse. */
export function defineDomain(domain: Domain): Domain {
  const { about, contexts, catalogue } = domain;
  if (about.trim() === "") throw new Error("Cannot define the domain: it does not say what it is about");
  const tool = twice(catalogue.map(({ name }) => name));
  if (tool !== undefined) throw new Error(`Cannot define the domain: two tools are named "${tool}"`);
  const context = twice([...GENERAL_CONTEXTS, ...contexts]);
  if (context !== undefined) throw new Error(`Cannot define the domain: two contexts are named "${context}"`);
  const odd = contexts.find((name) => !CONTEXT_NAME.test(name));
  if (odd !== undefined) {
    throw new Error(`Cannot define the domain: the context "${odd}" does not match ${CONTEXT_NAME.source}`);
  }
  return domain;
}

function twice(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}
