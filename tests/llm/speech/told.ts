// What a filter of speech tells of a text, and the cases that it is held against: as a whole, character by character,
// and cut in two at every place.
import assert from "node:assert/strict";
import { createSpeechFilter } from "../../../shared/llm/speech/speech_filter.ts";

export interface Told {
  said: string;
  thought: string;
  leaked: boolean;
}

/** The names of the tools that the model of these cases was offered. */
export const OFFERED = ["get_tasks", "create_project", "search"];

/** What stands at the end, and everything that was said on the way. */
export function tell(deltas: string[], offered: readonly string[] = OFFERED): Told & { ever_said: string } {
  const filter = createSpeechFilter(offered);
  const told = { said: "", thought: "", ever_said: "" };
  for (const piece of [...deltas.flatMap((delta) => filter.push(delta)), ...filter.flush()]) {
    if (piece.type === "all thought") Object.assign(told, { said: "", thought: told.thought + told.said });
    else told[piece.type] += piece.text;
    if (piece.type === "said") told.ever_said += piece.text;
  }
  return { ...told, leaked: filter.leaked };
}

/** A text and what it holds: its words where they are given, and everything else is said. */
export type Case = [policy: string, text: string, told: Partial<Told>];

/** One test for each case. */
export function testCases(cases: Case[]): void {
  for (const [policy, text, told] of cases) {
    Deno.test(`${policy}: ${JSON.stringify(text)}`, () => {
      const expected = { said: "", thought: "", leaked: false, ...told };
      const check = (deltas: string[], how: string) => {
        const { ever_said: _, ...found } = tell(deltas);
        assert.deepEqual(found, expected, how);
      };
      check([text], "whole");
      check([...text], "character by character");
      for (let at = 1; at < text.length; at++) check([text.slice(0, at), text.slice(at)], `cut at ${at}`);
    });
  }
}

/** A text that is said as it is. */
export function plain(policy: string, text: string): Case {
  return [policy, text, { said: text }];
}

/** A text in which a call is all that counts. */
export function call(policy: string, text: string, said = "", thought = ""): Case {
  return [policy, text, { said, thought, leaked: true }];
}
