// Why a model can't be used, and what a person can do.
import type { ModelFailureKind } from "../../shared/contracts/model.ts";
import type { ModelSettings } from "../../shared/llm/config.ts";
import { mendOf } from "../../shared/llm/failures/row_mends.ts";
import type { Problem } from "./judge.ts";
import { nearestIds, offeredModels } from "./offered.ts";

interface Unusable {
  id: string;
  settings: ModelSettings;
  fetch: typeof fetch;
  signal: AbortSignal;
}

/** Sentences that follow "This model can't be used:"; `problem` is null where the calls had an end before it did. */
export async function whyUnusable(problem: Problem | null, check: Unusable): Promise<string> {
  if (problem?.type !== "failed") return problem === null ? NO_CALLS_LEFT : WITHOUT_CALLS[problem.type];
  const { kind, detail } = problem;
  const elsewhere = atTheHost(detail);
  if (elsewhere !== null) return elsewhere;
  if (kind !== "bad_request" && kind !== "unknown") return ADVICE[kind] ?? NOTHING_HELPS;
  if (await isWrongAddress(problem, check)) return WRONG_ADDRESS;
  const offered = await offeredModels(check.settings, check);
  const listed = offered === null || offered.includes(check.id);
  const nearest = nearestWords(check.id, offered ?? []);
  if (mendOf(detail)?.field === "id") {
    if (offered === null) return "the host does not have it under this id, and does not tell what it has.";
    if (!listed) return `the host does not have it under this id. ${nearest}`;
  }
  return [
    NOTHING_HELPS,
    ...BESIDE_THE_ROW.filter(({ words }) => words.test(detail)).map(({ advice }) => advice),
    ...(check.settings.host === undefined ? [PROXY] : []),
    ...(listed ? [] : [`The host does not list this id. ${nearest}`]),
  ].join(" ");
}

/** What to do where the host's words tell of something that no row can mend; else null. */
export function atTheHost(detail: string): string | null {
  return AT_THE_HOST.find(({ words }) => words.test(detail))?.advice ?? null;
}

/** Whether nothing at LLM_BASE_URL is as it is at a host of models: the path of the calls, and the list. */
export async function isWrongAddress(problem: Problem | null, check: Unusable): Promise<boolean> {
  if (problem?.type !== "failed" || !NO_SUCH_PATH.has(problem.status ?? 0)) return false;
  return mendOf(problem.detail) === null && await offeredModels(check.settings, check) === null;
}

/** What is told of a path that leads nowhere, or to something that takes no POST. */
const NO_SUCH_PATH: ReadonlySet<number> = new Set([404, 405]);

function nearestWords(id: string, offered: readonly string[]): string {
  const ids = nearestIds(id, offered);
  if (ids.length === 0) return "It lists no model at all.";
  return `Nearest to it ${ids.length === 1 ? "is" : "are"} ${ids.join(", ")}.`;
}

const NO_CALLS_LEFT = "the host went on to refuse something, whatever was changed.";
const NOTHING_HELPS =
  "no change of its row was found that the host takes. Its own words above say what it refuses; docs/models.md has " +
  "the fields of a row, extra_body among them.";
const PROXY = "Where LLM_BASE_URL is a proxy's, LLM_HOST says whose rules hold.";
const PARSER = "A host of your own has to be started with a parser of tool calls for this model (vLLM: " +
  "--enable-auto-tool-choice --tool-call-parser NAME; SGLang: --tool-call-parser NAME; llama.cpp: --jinja).";

const WRONG_ADDRESS = "LLM_BASE_URL does not lead to an OpenAI-compatible host. It mostly ends in /v1.";

interface Advice {
  words: RegExp;
  advice: string;
}

const AT_THE_HOST: readonly Advice[] = [
  {
    // vLLM; llama.cpp: "tools param requires --jinja flag".
    words: /--(?:enable-auto-tool-choice|tool-call-parser|jinja)\b/,
    advice: `its host was started without tool calls. ${PARSER}`,
  },
  {
    // Ollama; OpenRouter; Bedrock: BerriAI/litellm#27138.
    words: /(?:does not|doesn't) support tool(?:s\b| use)|endpoints found that support tool use/i,
    advice:
      "it can't use tools there, and the agents do nothing else. Choose another model, or another host.",
  },
];

/** What helps where no change of the row did. */
const BESIDE_THE_ROW: readonly Advice[] = [
  {
    words: /drop_params/,
    advice: "A LiteLLM proxy leaves out what its model does not take with drop_params: true.",
  },
  {
    // Gemma 3's own template counts a tool's result as a wrong turn: huggingface/text-generation-inference#3198.
    words: /roles must alternate/i,
    advice:
      "A template that still wants other roles knows no results of tools: start the host with one that does " +
      "(vLLM: --chat-template FILE).",
  },
];

const WITHOUT_CALLS: Record<Exclude<Problem["type"], "failed">, string> = {
  no_call: `it does not call tools, and the agents do nothing else. ${PARSER}`,
  unreadable_call: "the arguments of its calls can't be read. Another host may serve it better.",
  called_again: "it calls tools where it is told to answer, so that a run would not end in words.",
  thinks: "it thinks.",
  aborted: "it was interrupted.",
};

const ADVICE: Partial<Record<ModelFailureKind, string>> = {
  auth: "the key is wrong, or has no right to this model. Mend LLM_API_KEY.",
  no_credit: "top up the account at the host.",
  rate_limited: "the host asks for a pause. Try again later.",
  overloaded: "the host is not available. Try again later.",
  network: "nothing answers at LLM_BASE_URL. Is the address right, and the host running?",
  timeout:
    "the host is too slow, or still loading the model. Try again, or raise LLM_FIRST_FRAME_TIMEOUT_MS.",
  context_overflow:
    "give it a larger context at its host (Ollama: OLLAMA_CONTEXT_LENGTH, llama.cpp: --ctx-size).",
  content_filtered: "the host's filter is in the way. It can be set at the host.",
  malformed_output: WRONG_ADDRESS,
  malformed_tool_call: `its host leaves its tool calls in its text. ${PARSER}`,
  empty_response: "its answers are empty, whichever way its thinking is switched.",
  truncated_stream: "the host breaks its answers off. Try again later.",
};
