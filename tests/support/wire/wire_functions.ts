// Functions whose model is a scripted host of raw bytes, one script per user and, inside a plan, per step. They
// are started once for a file of tests; their waits are short, because tests wait for them.
import { pseudonym } from "../../../shared/llm/sending/pseudonym.ts";
import { otherFunctions } from "../stack/functions.ts";
import type { TestUser } from "../stack/stack.ts";
import { type RoutedBody, startWireRelay } from "./wire_relay.ts";
import { startWireServer, type WireRequest, type WireTurn } from "./wire_server.ts";

/** For whom a host plays: the planner's own turns, or those of one step of its plan. */
export type Part = "planner" | number;

export interface WireHost extends AsyncDisposable {
  /** The requests it got so far. */
  requests: WireRequest[];
  /** Resolves when the nth request (from 0) has come in. */
  received(request: number): Promise<void>;
}

export interface WireFunctions extends AsyncDisposable {
  /** The gateway's address. */
  url: string;
  /** What the functions wrote, line by line. */
  lines: string[];
  /** A host that answers the user's model calls. Its end throws on unexpected requests and unused turns. */
  host(user: TestUser, turns: WireTurn[], part?: Part): WireHost;
}

const KEY = "sk-wire-test";

/** What no user may read: the provider's words, our key, markup, and text that a database refuses. */
export const forbidden = new RegExp(
  `upstream|10\\.0\\.0\\.7|${KEY}|DSML|<html|doctype|\\\\u0000|\\\\ud[89a-f]`,
  "i",
);

const WAITS = {
  LLM_FIRST_FRAME_TIMEOUT_MS: "1000",
  LLM_IDLE_TIMEOUT_MS: "600",
  LLM_DEADLINE_MS: "12000",
  // One test's failures are no reason to keep the next one waiting.
  LLM_BREAKER_FAILURES: "1000",
};

/** Starts them; `settings` overrides the LLM_* variables. */
export async function wireFunctions(settings: Record<string, string> = {}): Promise<WireFunctions> {
  await using cleanup = new AsyncDisposableStack();
  const ports = new Map<string, number>();
  const relay = startWireRelay((body) => ports.get(`${body.user} ${partOf(body)}`) ?? null);
  cleanup.defer(relay.stop);
  const functions = cleanup.use(
    await otherFunctions({
      settings: {
        LLM_BASE_URL: relay.url,
        LLM_API_KEY: KEY,
        LLM_BALANCED_MODELS: "first",
        LLM_SPEED_MODELS: "first",
        ...WAITS,
        // A host that never stops talking uses up a quota, as it should; the tests go on after it.
        USER_TOKENS_PER_HOUR: "1000000000",
        USER_TOKENS_PER_DAY: "1000000000",
        ...settings,
      },
    }),
  );
  const running = cleanup.move();
  return {
    url: functions.url,
    lines: functions.lines,
    host(user, turns, part = "planner") {
      const key = `${pseudonym(user.id)} ${part}`;
      const server = startWireServer(turns);
      ports.set(key, Number(new URL(server.url).port));
      return {
        requests: server.requests,
        received: server.received,
        [Symbol.asyncDispose]: async () => {
          ports.delete(key);
          await server.close();
        },
      };
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Those who work on a step are offered `submit_result`, and their task says which step it is (plans.ts). */
export function partOf({ tools, messages }: RoutedBody): Part {
  if (!tools.some((tool) => tool.function.name === "submit_result")) return "planner";
  const step = /^Task: .*step number (\d+)/m.exec(messages[1]?.content ?? "")?.[1];
  if (step === undefined) throw new Error("A step's prompt does not say which step it is");
  return Number(step);
}
