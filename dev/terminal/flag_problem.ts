// What is wrong with the flags of a command, in one sentence and with the flag that is likely meant.
import { nearest } from "../../shared/llm/models/row_faults.ts";

/** The sentence for an error of `parseArgs`; what follows its first sentence is for who writes the command. */
export function flagProblem(error: unknown, flags: readonly string[]): string {
  const [first = ""] = (error instanceof Error ? error.message : String(error)).split(/\. |\.?\n/);
  const sentence = first.replace(/\.$/, "");
  const unknown = /^Unknown option '--?([^']+)'/.exec(sentence)?.[1];
  if (unknown === undefined) return `${sentence}.`;
  const meant = nearest(unknown, flags);
  return `There is no flag --${unknown}${meant === null ? "" : `; did you mean --${meant}`}${
    meant === null ? "." : "?"
  }`;
}
