// Where a message goes: the place that was named, the stack that runs for its project, or one that is started for it.
import { z } from "zod";
import { DEMO_USER } from "../demo_user.ts";
import { settingsOf } from "../environment.ts";
import { LOCAL_PUBLISHABLE_KEY } from "../local_key.ts";
import { configuredModel } from "../model_words.ts";
import { partsOf } from "../parts.ts";
import { type Project, projectAt } from "../project/project.ts";
import { whoListensAt } from "../project/running_stack.ts";
import { type Stack, startStack } from "../stack.ts";
import type { Destination } from "./ask_arguments.ts";

export interface Place extends AsyncDisposable {
  url: string;
  publishable_key: string;
  /** Of the user who sends the message. */
  token: string;
  /** Whether the conversation is there afterwards. */
  stays: boolean;
}

interface Around {
  env: Record<string, string>;
  /** Told what is being done, and what the user should know of it. */
  say(line: string): void;
}

const PACE = { first_token_ms: 300, tokens_per_second: 150 };

/** Opens it, and signs the demo user in where it is a local stack. Ending it ends a stack that was started for it. */
export async function openPlace(destination: Destination, { env, say }: Around): Promise<Place> {
  if ("url" in destination) return { ...destination, ...STAYS };
  const project = await projectAt(destination.project);
  const url = `http://127.0.0.1:${destination.port}`;
  const who = await whoListensAt(url);
  if (typeof who === "object" && who.root === project.root) {
    return { ...await signIn(url), ...STAYS };
  }
  if (typeof who === "object") say(`At ${url} runs the stack of ${who.root}, which is another project.`);
  const stack = await ownStack(project, { env, say });
  try {
    for (const [name, problem] of Object.entries(stack.problems)) {
      throw new Error(`${name} did not start:\n${problem}`);
    }
    return { ...await signIn(stack.url), stays: false, [Symbol.asyncDispose]: stack.stop };
  } catch (error) {
    await stack.stop();
    throw error;
  }
}

async function ownStack(project: Project, { env, say }: Around): Promise<Stack> {
  say("Starting a stack for this message: Postgres, auth, REST, the functions and the model ...");
  const settings = settingsOf(project, env);
  const model = configuredModel(settings);
  if (model && "problem" in model) throw new Error(model.problem);
  const stack = await startStack({
    port: 0,
    env: settings,
    pace: PACE,
    parts: partsOf(project),
    log: () => {},
  });
  say(
    model === null
      ? "The model is a demo: rules, no language model. Set LLM_BASE_URL in .env for a real one."
      : `The model: ${model.words}`,
  );
  return stack;
}

const STAYS = { stays: true, [Symbol.asyncDispose]: () => Promise.resolve() };

const SignedIn = z.object({ access_token: z.string() });

async function signIn(url: string): Promise<Pick<Place, "url" | "publishable_key" | "token">> {
  const publishable_key = LOCAL_PUBLISHABLE_KEY;
  const answer = await fetch(`${url}/auth/v1/token?grant_type=password`, {
    method: "POST",
    headers: { apikey: publishable_key, "content-type": "application/json" },
    body: JSON.stringify(DEMO_USER),
  });
  const body = SignedIn.safeParse(await answer.json());
  if (!body.success) {
    throw new Error(
      `${DEMO_USER.email} can't sign in at ${url} (${answer.status}). Ask as another user with --url and --token.`,
    );
  }
  return { url, publishable_key, token: body.data.access_token };
}
