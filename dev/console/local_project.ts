// The local stack for the console: the one that runs, or one of its own.
import { DEMO_USER } from "../demo_user.ts";
import { settings } from "../environment.ts";
import { LOCAL_PUBLISHABLE_KEY } from "../local_key.ts";
import { startStack } from "../stack.ts";
import type { BuiltFor } from "./build.ts";

const PORT = 54321;
const PACE = { first_token_ms: 300, tokens_per_second: 120 };

export interface LocalProject extends AsyncDisposable {
  built_for: BuiltFor;
}

/** Ending it ends a stack that was started for it, and none that ran before. */
export async function localProject(
  said: (line: string) => void,
): Promise<LocalProject> {
  const url = `http://127.0.0.1:${PORT}`;
  if (await answers(url)) {
    return {
      built_for: projectAt(url),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  said(
    "No local stack runs, so one is started. The first time fetches packages.",
  );
  const stack = await startStack({
    ...{ port: PORT, env: settings(), pace: PACE, restart: "on_change" },
    log: (source, line) => source.startsWith("agent-") && said(`[${source}] ${line}`),
  });
  return { built_for: projectAt(stack.url), [Symbol.asyncDispose]: stack.stop };
}

function projectAt(url: string): BuiltFor {
  return { url, publishable_key: LOCAL_PUBLISHABLE_KEY, demo_user: DEMO_USER };
}

async function answers(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/auth/v1/health`, {
      headers: { apikey: LOCAL_PUBLISHABLE_KEY },
    });
    await answer.body?.cancel();
    return answer.status < 500;
  } catch {
    return false;
  }
}
