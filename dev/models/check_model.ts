// The trial of one model at the configured host, and what follows from it for .env.
import { pause } from "../../shared/async/pause.ts";
import type { FinishedTurn, ModelFailureKind, ModelProfile } from "../../shared/contracts/model.ts";
import type { ModelSettings } from "../../shared/llm/config.ts";
import { withoutKeys } from "../../shared/llm/failures/failure_log.ts";
import type { ModelRow, RowPart } from "../../shared/llm/models/model_row.ts";
import { type Mend, mendOf } from "../../shared/llm/failures/row_mends.ts";
import { MAX_OUTPUT_TOKENS, requestOf } from "./calls.ts";
import { type Problem, problemOf } from "./judge.ts";
import { type Line, listen } from "./listen.ts";
import { configFor, type Env, envLine, tableWith } from "./model_env.ts";
import { offeredModels } from "./offered.ts";
import { heading, type Paper, paragraph } from "./paper.ts";
import { talk } from "./talk.ts";
import { type Bench, type Tried, tryModel } from "./trial.ts";
import { atTheHost, isWrongAddress, whyUnusable } from "./unusable.ts";

/** More than any host has needed that can be mended at all. */
const MAX_CALLS = 60;
const LONGEST_WAIT_MS = 20_000;
const WAIT_MS = 2_000;

export interface Check extends Omit<Line, "settings"> {
  id: string;
  env: Env;
  settings: ModelSettings;
  profile: ModelProfile;
  paper: Paper;
}

/** Makes the calls, tells of each, and says at the end whether the model can be used. */
export async function checkModel(check: Check): Promise<"usable" | "unusable" | "aborted"> {
  const { id, env, paper } = check;
  heading(paper, "Three small calls");
  paragraph(
    paper,
    `3 calls when all is well, at most ${MAX_CALLS} while it looks for what the host refuses; each may use up to ` +
      `${MAX_OUTPUT_TOKENS} tokens of output, and a refused one uses none.`,
    "  ",
  );
  const end = await tryModel(benchFor(check));
  paper.line();
  switch (end.state) {
    case "aborted":
      paper.line("Interrupted.");
      break;
    case "usable":
      if (Object.keys(end.change).length === 0) {
        paragraph(paper, paper.style.green("This model can be used as it is."));
      } else {
        const how = env.LLM_MODEL_TABLE ? "Set this in .env, in place of what is there" : "Add this to .env";
        paragraph(paper, `${paper.style.green("This model can be used.")} ${how}:`);
        // Not wrapped: it is there to be copied.
        paper.line(envLine("LLM_MODEL_TABLE", tableWith(env.LLM_MODEL_TABLE, id, end.change)));
      }
      if (end.change.think_for) paragraph(paper, ALWAYS_THINKS);
      break;
    case "unusable":
      paragraph(paper, paper.style.red(`This model can't be used: ${await whyUnusable(end.problem, check)}`));
  }
  return end.state;
}

const ALWAYS_THINKS =
  "It thinks before it answers, and none of the known switches keeps it from that: its answers " +
  "come later, and its thinking is paid as output.";

function benchFor(check: Check): Bench {
  const { id, env, profile, paper, ...line } = check;
  let calls = 0;
  let turn: FinishedTurn | null = null;
  return {
    rowWith: (change) => rowWith(id, env, change, profile),
    async call(name, row) {
      if (calls >= MAX_CALLS) return null;
      calls += 1;
      const heard = await listen(requestOf(name, profile, turn), row, line);
      const problem = withoutSecrets(problemOf(name, heard, row, profile), [
        line.settings.api_key,
        ...Object.values(row.extra_headers),
      ]);
      if (name === "call" && heard.end.type === "finished" && heard.end.tool_calls.length > 0) {
        turn = heard.end;
      }
      return { heard, problem };
    },
    async wait(problem) {
      const ms = problem.type === "failed" ? problem.retry_after_ms ?? WAIT_MS : 0;
      if (ms > LONGEST_WAIT_MS) return "never";
      await pause(line.clock, ms, line.signal);
      return line.signal.aborted ? "never" : "waited";
    },
    explained: (tried) => explained(tried, check),
    tell: talk(
      id,
      paper,
      (change) =>
        rowWith(id, env, change, profile).think_for.includes(profile) ? "asked for" : "not asked for",
    ),
  };
}

/** The kinds of failure that a request may be the cause of; llama.cpp tells what it refuses with status 500. */
const OF_A_REQUEST: ReadonlySet<ModelFailureKind> = new Set(["bad_request", "unknown", "overloaded"]);

/** What the host's words say of the row: those of the failure, or the whole refusal, which may name the field. */
async function explained(
  { problem, heard }: Pick<Tried, "problem" | "heard">,
  check: Check,
): Promise<Mend | "not the row" | null> {
  if (problem?.type !== "failed" || !OF_A_REQUEST.has(problem.kind)) return null;
  if (atTheHost(problem.detail) !== null) return "not the row";
  // The frames of an answer are full of the names of fields, and no refusal.
  const mend = mendOf(problem.detail) ?? (heard.first_frame_ms === null ? mendOf(heard.body) : null);
  if (mend?.field === "id") {
    // What it lists it has, whatever its words sound like.
    return (await offeredModels(check.settings, check))?.includes(check.id) ? null : "not the row";
  }
  if (mend === null && await isWrongAddress(problem, check)) return "not the row";
  return mend;
}

/** Hosts quote a key that they refuse, and some a whole request. */
function withoutSecrets(problem: Problem | null, secrets: readonly string[]): Problem | null {
  if (problem?.type !== "failed") return problem;
  return { ...problem, detail: withoutKeys(problem.detail, secrets) };
}

/** The row that the settings with this change make: what is tried is what is told to be pasted. */
function rowWith(id: string, env: Env, change: RowPart, profile: ModelProfile): ModelRow {
  const table = Object.keys(change).length === 0
    ? env.LLM_MODEL_TABLE
    : tableWith(env.LLM_MODEL_TABLE, id, change);
  const config = configFor(id, { ...env, LLM_MODEL_TABLE: table });
  const [row] = config.state === "ready" ? config.models[profile] : [];
  if (!row) {
    throw new Error(`Cannot lay ${JSON.stringify(change)} over the row of ${id}: it makes no valid table`);
  }
  return row;
}
