// A conversation of hundreds of turns: prompts and summaries stay as large as they are, and a summary is made every few
// turns and no more often, whether turns are short or long.
import assert from "node:assert/strict";
import { PROMPT_BUDGET, SUMMARY_LENGTH } from "../../../shared/agents/limits.ts";
import { plannerPrompt } from "../../../shared/agents/loop/prompts.ts";
import { plannerOpening } from "../../../shared/agents/planner/opening_prompt.ts";
import { summaryPart } from "../../../shared/agents/planner/summary_part.ts";
import type { HistoryMessage } from "../../../shared/agents/store/records.ts";
import { estimateTokens } from "../../../shared/llm/tokens.ts";

const ABOUT = "a library";
const TURNS = 300;

/** A model that keeps facts, and fills its summary up to what it was asked for. */
function summaryOf(prompt: string): string {
  const facts = [...new Set(prompt.match(/Fact \d+: [^.]*\./g))].join("\n");
  return `${facts}\n${"And more was said. ".repeat(200)}`.slice(0, SUMMARY_LENGTH.asked_characters);
}

/** The conversation as the database has it, message by message. */
function conversation(words: (turn: number) => number) {
  const messages: HistoryMessage[] = [];
  const largest = { prompt: 0, part: 0 };
  const sizes: number[] = [];
  let summary: string | null = null;
  let upto_seq = 0;
  let number = 0;

  function take(turn: number): string {
    const fact = turn % 15 === 0 ? `Fact ${turn}: its id is ${crypto.randomUUID()}. ` : "";
    const message = `${fact}${"some plain words ".repeat(words(turn) / 3)}`;
    const opening = {
      summary,
      history: messages.slice(upto_seq),
      history_cut: false,
      overview: {},
      shown_rows: [],
      entity: null,
    };
    const { history, task, summary_due } = plannerOpening({
      ...{
        about: ABOUT,
        opening,
        message,
        time_zone: "UTC",
        now: new Date(0),
        tools: [],
        count: estimateTokens,
      },
    });
    const system = { role: "system" as const, content: plannerPrompt(ABOUT) };
    const prompt = [system, ...history, { role: "user" as const, content: task }];
    sizes.push(estimateTokens(prompt, []));
    largest.prompt = Math.max(largest.prompt, ...sizes.slice(-1));
    messages.push({ role: "user", content: message }, {
      role: "assistant",
      content: "so it was ".repeat(words(turn) / 3),
    });
    if (summary_due !== null) summarise(summary_due);
    return JSON.stringify(prompt);
  }

  function summarise(history_room: number) {
    const unsummarised = {
      ...{ number: number + 1, summary, last_seq: messages.length },
      messages: messages.map((message, i) => ({ ...message, seq: i + 1, changed: null })).slice(upto_seq),
    };
    const part = summaryPart({ unsummarised, history_room, about: ABOUT, count: estimateTokens });
    if (!part) return;
    largest.part = Math.max(largest.part, estimateTokens(part.messages, []));
    summary = summaryOf(part.messages[1]?.content ?? "");
    upto_seq = part.upto_seq;
    number += 1;
  }

  return { take, largest, sizes, summaries: () => number };
}

const LENGTHS: Record<string, { words: (turn: number) => number; summaries: number }> = {
  short: { words: () => 30, summaries: 20 },
  long: { words: () => 300, summaries: 80 },
  "now short, now as long as a message may be": {
    words: (turn) => turn % 10 === 0 ? 2_400 : 30,
    summaries: 65,
  },
};

for (const [what, { words, summaries }] of Object.entries(LENGTHS)) {
  Deno.test(`after ${TURNS} turns that are ${what}, all facts are in the prompt, and it is no larger`, () => {
    const talk = conversation(words);
    const prompts = Array.from({ length: TURNS }, (_, i) => talk.take(i + 1));
    const mean = (sizes: number[]) => sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    const [early, late] = [mean(talk.sizes.slice(60, 120)), mean(talk.sizes.slice(-60))];
    console.log(
      `  ${talk.summaries()} summaries, prompts of up to ${talk.largest.prompt} tokens, ` +
        `${Math.round(early)} on the average of turns 61 to 120, ${Math.round(late)} of the last 60`,
    );
    assert.ok(late <= early * 1.1, `${late} tokens, ${early} before`);
    const last = prompts.at(-1) ?? "";
    for (let turn = 15; turn < TURNS; turn += 15) assert.ok(last.includes(`Fact ${turn}:`), `Fact ${turn}`);
    // The message itself is never cut.
    const longest = Math.max(...[1, 10].map(words)) * 2;
    assert.ok(
      talk.largest.prompt <= Math.max(PROMPT_BUDGET.planner, longest + 1_000),
    );
    assert.ok(talk.largest.part <= PROMPT_BUDGET.summary);
    assert.ok(talk.summaries() <= summaries, `${talk.summaries()} summaries`);
  });
}
