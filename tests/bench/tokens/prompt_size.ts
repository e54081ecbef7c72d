// What a prompt weighs: characters / 4 of what its messages say, of the calls they carry, and of the tools' schemas; and
// what it costs where the host keeps what begins as an earlier prompt did, at a tenth.
import { z } from "zod";

const Call = z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) });
const Message = z.object({
  role: z.string(),
  content: z.string().nullish().transform((content) => content ?? ""),
  tool_calls: z.array(Call).default([]),
});
const Prompt = z.object({ messages: z.array(Message), tools: z.array(z.json()).default([]) });
export type Prompt = z.infer<typeof Prompt>;
export type PromptMessage = Prompt["messages"][number];

/** Of the price of a token that was sent before. */
const CACHED = 0.1;

/** The parts of a request that a host counts. */
export function promptOf(request: unknown): Prompt {
  return Prompt.parse(request);
}

/** The tools come first, as hosts render them. */
function counted({ messages, tools }: Prompt): string {
  const said = messages.map(({ content, tool_calls }) =>
    [content, ...tool_calls.map((call) => call.function.name + call.function.arguments)].join("")
  );
  return [tools.length > 0 ? JSON.stringify(tools) : "", ...said].join("");
}

export interface Weight {
  calls: number;
  tokens: number;
  /** Those of the tools' schemas. */
  schemas: number;
  /** With a cached prefix at a tenth. */
  priced: number;
  largest: number;
}

/** Prompts in the order in which they were sent. */
export function weigh(prompts: readonly Prompt[]): Weight {
  const texts = prompts.map(counted);
  const sizes = texts.map((text) => text.length);
  const priced = texts.map((text, i) => {
    const cached = Math.max(0, ...texts.slice(0, i).map((earlier) => sharedPrefix(earlier, text)));
    return text.length - (1 - CACHED) * cached;
  });
  const schemas = prompts.map(({ tools }) => tools.length > 0 ? JSON.stringify(tools).length : 0);
  return {
    calls: prompts.length,
    tokens: tokensIn(sum(sizes)),
    schemas: tokensIn(sum(schemas)),
    priced: tokensIn(sum(priced)),
    largest: tokensIn(Math.max(...sizes)),
  };
}

export function tokensIn(characters: number): number {
  return Math.round(characters / 4);
}

function sharedPrefix(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length += 1;
  return length;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
