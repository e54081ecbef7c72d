// A session whose history has just outgrown its room: written as rows, because sixty real turns take a while.
import { ANY_FACT, SUMMARY_CALL } from "./long_conversation.ts";
import type { ScriptedTurnInput } from "../models/script.ts";
import { database, type TestUser } from "../stack/stack.ts";

/** A fact stands in each of its turns. */
export const TOLD_TURNS = 18;

/** A session of the user's with these turns; the next one is due to summarise. */
export async function toldSession({ id, client }: TestUser, turns = TOLD_TURNS): Promise<string> {
  const { data, error } = await client.from("chat_sessions").insert({ title: "Long" }).select("id").single();
  if (error) throw error;
  await tell(id, data.id, 1, turns);
  return data.id;
}

/** Adds turns to a session, from this number on. */
export async function tell(user_id: string, session_id: string, from: number, count: number): Promise<void> {
  const sql = database();
  const words = "and then there was more to say of it than anybody wanted to hear, ".repeat(5);
  const rows = Array.from({ length: count }, (_, i) => i + from).flatMap((number) => [
    { user_id, session_id, role: "user", seq: 2 * number - 1, content: `Fact ${number}: it is so. ${words}` },
    { user_id, session_id, role: "assistant", seq: 2 * number, content: `Noted, ${words}` },
  ]);
  await sql`insert into chat_messages ${sql(rows)}`;
  await sql.end();
}

export const ANSWER: ScriptedTurnInput = { when: { tool: "create_plan" }, text: "Yes." };

/** The facts, and whatever else this model is to do before it tells them. */
export function summaryTurn(more: Partial<ScriptedTurnInput> = {}): ScriptedTurnInput {
  return { when: SUMMARY_CALL, quotes: ANY_FACT, ...more };
}
