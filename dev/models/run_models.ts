// `deno task models`, as a function of its words and its surroundings.
import { parseArgs } from "node:util";
import type { Clock } from "../../shared/async/clock.ts";
import type { ModelProfile } from "../../shared/contracts/model.ts";
import { flagProblem } from "../terminal/flag_problem.ts";
import { checkModel } from "./check_model.ts";
import { listModels } from "./list_models.ts";
import { configFor, type Env, isCallable } from "./model_env.ts";
import { type Paper, paragraph } from "./paper.ts";
import { showModel } from "./show_model.ts";

const HELP = `Usage: deno task models [flags] [id]

Without an id: the configured models, and the hosts and models that the table
knows. With one: what is known of that model and what is sent for it; and where
LLM_BASE_URL and LLM_API_KEY are set, three small calls that tell whether it can
be used, and which field of its row mends what the host refuses.

  --profile NAME   call it as the planner (balanced) or the executors (speed) do;
                   as it is configured, unless given
  --show           show what is sent, and make no call
  --help           this text

Ends with 0 where the model can be used, 1 where it or its settings can't, and 2
where a word of the command is wrong.
`;

export interface ModelsTask {
  env: Env;
  paper: Paper;
  fetch: typeof fetch;
  clock: Clock;
  /** From 0 up to 1. */
  random(): number;
  signal: AbortSignal;
}

/** Runs the task and gives the process's exit code. */
export async function runModels(args: string[], task: ModelsTask): Promise<number> {
  const { env, paper } = task;
  const words = readWords(args);
  if ("problem" in words) {
    paragraph(paper, words.problem);
    paper.line();
    for (const line of HELP.trimEnd().split("\n")) paper.line(line);
    return 2;
  }
  if (words.help) {
    for (const line of HELP.trimEnd().split("\n")) paper.line(line);
    return 0;
  }
  const { id } = words;
  if (id === null) {
    listModels(env, paper);
    return 0;
  }
  const settings = configFor(id, env);
  if (settings.state === "incomplete") {
    paragraph(paper, settings.problem);
    return 1;
  }
  await showModel({ id, settings, env, paper, line: task });
  if (words.show) return 0;
  if (!isCallable(env)) {
    paper.line();
    paragraph(paper, "Nothing was called: set LLM_BASE_URL and LLM_API_KEY to try it.");
    return 0;
  }
  const profile = words.profile ?? configuredProfile(id, env);
  const { settings: _, ...line } = { ...task, settings };
  const state = await checkModel({ ...line, id, env, settings, profile });
  return state === "usable" ? 0 : state === "aborted" ? 130 : 1;
}

interface Words {
  id: string | null;
  profile: ModelProfile | null;
  show: boolean;
  help: boolean;
}

function readWords(args: string[]): Words | { problem: string } {
  try {
    const { values, positionals } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        profile: { type: "string" },
        show: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const { profile, show, help } = values;
    const [id = null, ...more] = positionals.map((word) => word.trim());
    if (more.length > 0) return { problem: "One model at a time." };
    if (id !== null && (id.includes(",") || id === "")) {
      return { problem: `"${id}" is no id of a model.` };
    }
    if (profile !== undefined && profile !== "balanced" && profile !== "speed") {
      return { problem: `--profile is balanced or speed, not "${profile}".` };
    }
    return { id, profile: profile ?? null, show, help };
  } catch (error) {
    return { problem: flagProblem(error, ["profile", "show", "help"]) };
  }
}

/** The executors', for a model that only they use. */
function configuredProfile(id: string, env: Env): ModelProfile {
  const uses = (list: string | undefined) => (list ?? "").split(",").map((one) => one.trim()).includes(id);
  return uses(env.LLM_SPEED_MODELS) && !uses(env.LLM_BALANCED_MODELS) ? "speed" : "balanced";
}
