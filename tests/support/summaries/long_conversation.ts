// A conversation that outgrows its prompts: facts are told in it, by the user and by the assistant in turn, and asked
// for later. Its model can only say what it was sent.
import { z } from "zod";
import { summaryPrompt } from "../../../shared/agents/loop/prompts.ts";
import { estimateTextTokens } from "../../../shared/llm/tokens.ts";
import { test_domain } from "../domain/test_domain.ts";
import type { ModelRequestBody } from "../models/model_script.ts";
import { type Script, type ScriptedTurnInput, scriptModel } from "../models/script.ts";
import { chat, type FinishedTurn } from "../stack/calling.ts";
import { database, type TestUser } from "../stack/stack.ts";

/** A fact of each third turn and more: an id, a name, a date, a decision. */
export function factOf(turn: number): string | null {
  if (turn % 7 === 0 || turn % 2 === 0) return null;
  const id = `${String(turn).padStart(8, "0")}-5c1b-4e0f-9a55-${String(turn * 7919).padStart(12, "0")}`;
  const date = `2027-0${1 + turn % 9}-${String(1 + turn % 28).padStart(2, "0")}`;
  return `Fact ${turn}: book ${id} goes back to shelf ${turn} on ${date}.`;
}

export const ANY_FACT = "Fact \\d+: [^.]*\\.";

/** The model call that makes a summary. */
export const SUMMARY_CALL = { contains: summaryPrompt(test_domain.about) };

/** Answers every call for a summary with the facts that it was sent. */
export const FACTS_AS_SUMMARY: ScriptedTurnInput = { when: SUMMARY_CALL, quotes: ANY_FACT, times: "any" };

const CHATTER = "By the way, the weather was fine, and the library was full of people who read in silence. ";

export function question(turn: number): string {
  const fact = turn % 4 === 1 ? factOf(turn) : null;
  return `Turn ${turn}. ${fact ?? "What do you think?"} ${CHATTER.repeat(2)}`;
}

export function answer(turn: number): ScriptedTurnInput {
  const fact = turn % 4 === 3 ? factOf(turn) : null;
  return { when: { tool: "create_plan" }, text: `${fact ?? "I think so, too."} ${CHATTER.repeat(3)}` };
}

export interface Conversation {
  script: Script;
  session_id: string;
  turns: FinishedTurn[];
}

/** Has so many turns; a summary that is due is waited for before the next one, so that every run of it is the same. */
export async function converse(
  user: TestUser,
  count: number,
  { summary = FACTS_AS_SUMMARY, base }: { summary?: ScriptedTurnInput; base?: string } = {},
): Promise<Conversation> {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const script = await scriptModel(user.id, [summary, ...numbers.map(answer)]);
  const turns: FinishedTurn[] = [];
  for (const number of numbers) {
    const session_id = turns[0]?.state.session_id;
    turns.push(await chat(user, { message: question(number), ...(session_id && { session_id }) }, base));
    await settled(user);
  }
  return { script, session_id: turns[0]?.state.session_id ?? "", turns };
}

/** One more message, answered with what its prompt has of the facts that match. */
export async function ask(
  user: TestUser,
  { script, session_id }: Conversation,
  fact: string,
): Promise<string> {
  await script.add([{ when: { tool: "create_plan" }, quotes: fact }]);
  const { state } = await chat(user, { message: "What do you know?", session_id });
  await settled(user);
  return state.parts.join("\n");
}

/** Resolves once no model call of the user's is under way. */
export async function settled({ id }: Pick<TestUser, "id">): Promise<void> {
  const sql = database();
  try {
    for (;;) {
      const [open] = await sql`select from usage_reservations r where user_id = ${id} and not exists (
        select from usage_settlements s where s.user_id = r.user_id and s.reservation_id = r.id)`;
      if (!open) return;
    }
  } finally {
    await sql.end();
  }
}

const Row = z.object({
  number: z.int(),
  content: z.string(),
  upto_seq: z.int(),
  model_used: z.string(),
  input_tokens: z.int(),
  output_tokens: z.int(),
});

/** The user's summaries, oldest first. */
export async function summariesOf({ client }: TestUser) {
  const { data, error } = await client.from("chat_session_summaries").select("*").order("number");
  if (error) throw error;
  return z.array(Row).parse(data);
}

/** The planner's requests and those for summaries, with their tokens. */
export function requestsByKind(requests: readonly ModelRequestBody[]) {
  const sized = requests.map((body) => ({ body, text: JSON.stringify(body.messages), tokens: sizeOf(body) }));
  const start = JSON.stringify(SUMMARY_CALL.contains).slice(1, 60);
  return {
    planner: sized.filter(({ text }) => !text.includes(start)),
    summaries: sized.filter(({ text }) => text.includes(start)),
  };
}

function sizeOf({ messages, tools }: ModelRequestBody): number {
  return estimateTextTokens(JSON.stringify(messages)) +
    (tools ? estimateTextTokens(JSON.stringify(tools)) : 0);
}
