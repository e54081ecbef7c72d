// Scripts for tests: what the model answers, turn by turn, to the requests of one user. A request that no
// turn expects, and a turn that no request used, are kept for the test to fail on.
import { z } from "zod";
import { type CompletionRequest, offeredTools, textOf } from "./request.ts";

const When = z.strictObject({
  /** Text that stands anywhere in the messages. */
  contains: z.string().optional(),
  /** A tool that the request offers. */
  tool: z.string().optional(),
  /** A tool that the request does not offer. */
  not_tool: z.string().optional(),
  /** Who wrote the last message. */
  last: z.enum(["user", "assistant", "tool"]).optional(),
});

const ScriptedCall = z.strictObject({
  id: z.string().optional(),
  name: z.string(),
  /** A string is sent as it is, so that a test can send broken JSON. */
  arguments: z.union([z.string(), z.record(z.string(), z.json())]),
});

/**
 * In a turn's text, or in its arguments, it stands for how often the turn has answered: no two answers are
 * the same.
 */
const USE = "{{use}}";

const matching = {
  when: When.optional(),
  hold: z.string().optional(),
  /** How many requests it may answer: a model call that was lost is made again. */
  times: z.union([z.int().min(1), z.literal("any")]).default(1),
};

const AnswerTurn = z.strictObject({
  ...matching,
  text: z.string().optional(),
  /** In place of a text: whatever of the prompt matches this expression, each once. It can say what it was sent. */
  quotes: z.string().optional(),
  reasoning: z.string().optional(),
  tool_calls: z.array(ScriptedCall).optional(),
  finish_reason: z.string().optional(),
  usage: z.record(z.string(), z.json()).optional(),
  model: z.string().optional(),
  first_token_ms: z.number().min(0).optional(),
  tokens_per_second: z.number().min(0).optional(),
});

const ErrorTurn = z.strictObject({
  ...matching,
  error: z.strictObject({
    status: z.int().min(200).max(599),
    body: z.union([z.string(), z.record(z.string(), z.json())]),
    content_type: z.string().optional(),
    headers: z.record(z.string(), z.string()).optional(),
  }),
});

/** One turn: an answer, or a failure of the host. `hold` names a gate that the test opens. */
export const ScriptedTurn = z.union([ErrorTurn, AnswerTurn]);
export type ScriptedTurn = z.infer<typeof ScriptedTurn>;
/** A turn as a test writes it. */
export type ScriptedTurnInput = z.input<typeof ScriptedTurn>;

export const ScriptBody = z.strictObject({ turns: z.array(ScriptedTurn) });

/** What a script tells the test that wrote it. */
export const ScriptReport = z.object({
  /** Every request of the user, as it was received, in order. */
  requests: z.array(z.record(z.string(), z.json())),
  /** How many turns never answered a request. */
  unused: z.int(),
  /** The requests that no turn matched. */
  unexpected: z.array(z.record(z.string(), z.json())),
  /** The holds that a turn is waiting at. */
  waiting: z.array(z.string()),
});
export type ScriptReport = z.infer<typeof ScriptReport>;
type RequestBody = ScriptReport["requests"][number];

/** The script of one user. */
export class Script {
  readonly #turns: { turn: ScriptedTurn; used: number }[] = [];
  readonly #requests: RequestBody[] = [];
  readonly #unexpected: RequestBody[] = [];
  readonly #gates = new Map<string, Gate>();

  add(turns: readonly ScriptedTurn[]): void {
    this.#turns.push(...turns.map((turn) => ({ turn, used: 0 })));
  }

  /** The first turn that fits the request and is not used up; none means that the test did not expect it. */
  take(request: CompletionRequest, body: RequestBody): ScriptedTurn | undefined {
    this.#requests.push(body);
    const found = this.#turns.find(({ turn, used }) =>
      (turn.times === "any" || used < turn.times) && fits(turn, request)
    );
    if (found === undefined) {
      this.#unexpected.push(body);
      return undefined;
    }
    found.used += 1;
    return ScriptedTurn.parse(JSON.parse(JSON.stringify(found.turn).replaceAll(USE, String(found.used))));
  }

  gate(name: string): Gate {
    const gate = this.#gates.get(name) ?? new Gate();
    this.#gates.set(name, gate);
    return gate;
  }

  /** Opens every gate, so that no request is left hanging when the script goes. */
  close(): void {
    for (const gate of this.#gates.values()) gate.open();
  }

  report(): ScriptReport {
    const waiting = [...this.#gates].filter(([, gate]) => gate.waiting).map(([name]) => name);
    const unused = this.#turns.filter(({ used }) => used === 0).length;
    return { requests: this.#requests, unused, unexpected: this.#unexpected, waiting };
  }
}

/** A point where turns wait until the test lets them go on. Once open, it stays open. */
class Gate {
  readonly #opened = Promise.withResolvers<void>();
  readonly #reached = Promise.withResolvers<void>();
  #isOpen = false;
  #isReached = false;

  get waiting(): boolean {
    return this.#isReached && !this.#isOpen;
  }

  open(): void {
    this.#isOpen = true;
    this.#opened.resolve();
  }

  /** Resolves when the gate is open. */
  pass(): Promise<void> {
    this.#isReached = true;
    this.#reached.resolve();
    return this.#opened.promise;
  }

  /** Resolves when the first turn has arrived here. */
  reached(): Promise<void> {
    return this.#reached.promise;
  }
}

function fits(turn: ScriptedTurn, request: CompletionRequest): boolean {
  const { contains, tool, not_tool, last } = turn.when ?? {};
  const offered = offeredTools(request);
  return (contains === undefined || textOf(request.messages).includes(contains)) &&
    (tool === undefined || offered.has(tool)) &&
    (not_tool === undefined || !offered.has(not_tool)) &&
    (last === undefined || request.messages.at(-1)?.role === last);
}
