// What a model is told of the turns before: the conversation that it was sent last.
import assert from "node:assert/strict";
import { z } from "zod";
import { brokenRoles } from "../wire/sent_roles.ts";
import type { Script, ScriptedTurnInput } from "./script.ts";

/** A turn that makes a book, and tells so. */
export const MILK: ScriptedTurnInput = {
  text: "I put it on the list.",
  tool_calls: [{ name: "create_book", arguments: { title: "Buy milk" } }],
};
/** How the end of a run tells of it. */
export const DONE_BEFORE = 'Done before: created the book "Buy milk".';

const Sent = z.array(z.looseObject({ role: z.string(), content: z.string() }));

/** What the model was sent last, without the system prompt and what the message stands beside. */
export async function lastHistory(script: Script) {
  const request = (await script.requests()).at(-1);
  const wire = z.custom<Parameters<typeof brokenRoles>[0]>().parse(request?.messages);
  assert.deepEqual([...brokenRoles(wire)], []);
  return Sent.parse(wire).slice(1, -1).map(({ role, content }) => [role, content]);
}
