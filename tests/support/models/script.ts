// Scripts the demo model for one user of a test, turn by turn, through the server itself. A request that the
// script did not expect, or a turn that was never used, fails the test when the script ends.
import { z } from "zod";
import { type ScriptedTurnInput, ScriptReport } from "../../../dev/model/script.ts";
import type { ModelRequestBody } from "./model_script.ts";
import { pseudonym } from "../../../shared/llm/sending/pseudonym.ts";

export type { ScriptedTurnInput } from "../../../dev/model/script.ts";

export interface Script extends AsyncDisposable {
  /** The user's requests so far, in the order in which they arrived. */
  requests(): Promise<ModelRequestBody[]>;
  /** The holds that a turn is waiting at. */
  waiting(): Promise<string[]>;
  /** Resolves when a turn has arrived at the hold. */
  reached(hold: string): Promise<void>;
  /** Lets the turn at the hold go on, now or when it gets there. */
  release(hold: string): Promise<void>;
  /** Adds turns behind those that are there. */
  add(turns: readonly ScriptedTurnInput[]): Promise<void>;
  /** Takes the script away; throws on unexpected requests and unused turns. Once is enough. */
  end(): Promise<void>;
}

/** From now on the model answers this user's requests from `turns` and from nothing else. */
export async function scriptModel(user_id: string, turns: readonly ScriptedTurnInput[]): Promise<Script> {
  const base = `${modelOrigin()}/_script/${pseudonym(user_id)}`;
  await call("POST", base, { turns });
  let ended = false;

  async function report(): Promise<ScriptReport> {
    return ScriptReport.parse(await call("GET", base));
  }

  async function end(): Promise<void> {
    if (ended) return;
    ended = true;
    const left = ScriptReport.parse(await call("DELETE", base));
    const faults = [
      ...left.unexpected.map((body) => `unexpected model request, ${lastMessage(body)}`),
      ...(left.unused === 0 ? [] : [`${left.unused} scripted turn(s) never used`]),
    ];
    if (faults.length > 0) throw new Error(`The model script was not followed:\n${faults.join("\n")}`);
  }

  return {
    requests: async () => (await report()).requests,
    waiting: async () => (await report()).waiting,
    reached: async (hold) => void await call("GET", `${base}/reached/${encodeURIComponent(hold)}`),
    release: async (hold) => void await call("POST", `${base}/release/${encodeURIComponent(hold)}`),
    add: async (more) => void await call("POST", base, { turns: more }),
    end,
    [Symbol.asyncDispose]: end,
  };
}

function modelOrigin(): string {
  const url = Deno.env.get("TEST_MODEL_URL");
  if (url === undefined) throw new Error("TEST_MODEL_URL is not set: run the tests with `deno task test`.");
  return url.replace(/\/v1\/?$/, "");
}

async function call(method: string, url: string, body?: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { "content-type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answer: unknown = await response.json();
  if (!response.ok) {
    throw new Error(`${method} ${url} answered ${response.status}: ${JSON.stringify(answer)}`);
  }
  return answer;
}

const Shown = z.looseObject({
  messages: z.array(z.looseObject({ role: z.string(), content: z.unknown() })),
  tools: z.array(z.looseObject({ function: z.looseObject({ name: z.string() }) })).optional(),
});

function lastMessage(body: ModelRequestBody): string {
  const { messages, tools } = Shown.parse(body);
  const last = messages.at(-1);
  const names = (tools ?? []).map((tool) => tool.function.name).join(", ");
  return `offered [${names}], last message ${last?.role}: ${JSON.stringify(last?.content)?.slice(0, 400)}`;
}
