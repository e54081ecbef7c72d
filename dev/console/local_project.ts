// The local stack for a front end: the one that runs, or one of its own.
import { DEMO_USER } from "../demo_user.ts";
import { settingsOf } from "../environment.ts";
import { LOCAL_PUBLISHABLE_KEY } from "../local_key.ts";
import { partsOf } from "../parts.ts";
import { type Project, REPOSITORY } from "../project/project.ts";
import { USUAL_PORT, whoListensAt } from "../project/running_stack.ts";
import { startStack } from "../stack.ts";
import type { BuiltFor } from "./build.ts";

const PACE = { first_token_ms: 300, tokens_per_second: 120 };

export interface LocalProject extends AsyncDisposable {
  built_for: BuiltFor;
}

/**
 * Ending it ends a stack that was started for it, and none that ran before. The CLI's own stack, which does not say whose
 * it is, is taken for the right one.
 */
export async function localProject(
  said: (line: string) => void,
  project: Project = REPOSITORY,
): Promise<LocalProject> {
  const url = `http://127.0.0.1:${USUAL_PORT}`;
  const who = await whoListensAt(url);
  if (who === "another" || (typeof who === "object" && who.root === project.root)) {
    return {
      built_for: builtFor(url, project),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }
  said(
    who === "nobody"
      ? "No local stack runs, so one is started. The first time fetches packages."
      : `At ${url} runs the stack of ${who.root}, so one is started for ${project.root}.`,
  );
  const stack = await startStack({
    port: who === "nobody" ? USUAL_PORT : 0,
    ...{ env: settingsOf(project, Deno.env.toObject()), pace: PACE, parts: partsOf(project) },
    restart: "on_change",
    log: (source, line) => source.startsWith("agent-") && said(`[${source}] ${line}`),
  });
  return { built_for: builtFor(stack.url, project), [Symbol.asyncDispose]: stack.stop };
}

function builtFor(url: string, { engine_schema: schema }: Project): BuiltFor {
  return { url, publishable_key: LOCAL_PUBLISHABLE_KEY, schema, demo_user: DEMO_USER };
}
