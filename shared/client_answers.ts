// What a person decides in somebody else's client, carried out: which run it is about, what they were shown, and where
// their client reads on.
import { DecisionsRequest, MAX_DECISIONS } from "./contracts/decision_request.ts";
import { AgentError } from "./contracts/errors.ts";
import type { ClientChats, ClientRun } from "./db/client_chats.ts";
import type { DecisionService } from "./decision_service.ts";
import { parseInput } from "./http/parse.ts";
import { type ClientDecision, undecided } from "./protocols/client_decision.ts";
import type { RunService, StartedService } from "./run_service.ts";

/** The answers of a person with the run that they are about, as it was before. */
export interface ClientAnswers {
  run: ClientRun;
  decisions: ReturnType<typeof DecisionsRequest.parse>["decisions"];
  /** By the calls' ids what was decided on them before. */
  decided: ReadonlyMap<string, boolean | null>;
}

export interface Answered {
  /** The calls that wait still. */
  open: string[];
  /** The number of the pause in which the client was asked: what comes behind it, it has not read. */
  after: number;
  /**
   * The run as it goes on, from its first event; null where a call waits still, or where the caller's token is no
   * agent's and has to be.
   */
  going: StartedService | null;
}

interface Services {
  chats: ClientChats;
  decisions: DecisionService;
  runs: RunService;
}

/**
 * The run that these decisions are about, with each of them on the arguments that its call was asked with: the client
 * does not say, and they are no longer changed by then. Null where one of the calls is not there. Errors:
 * `bad_request`.
 */
export async function answersOf(
  given: readonly ClientDecision[],
  { chats }: Pick<Services, "chats">,
): Promise<ClientAnswers | null> {
  // Before they are asked for: so many ids would make no request that the database takes.
  if (given.length > MAX_DECISIONS) {
    throw new AgentError("bad_request", `At most ${MAX_DECISIONS} calls can be decided at once.`);
  }
  const calls = await chats.calls(given.map(({ tool_call_id }) => tool_call_id));
  const shown = new Map(calls.map((call) => [call.id, call]));
  const [first] = calls;
  const elsewhere = given.some(({ tool_call_id }) => shown.get(tool_call_id)?.run_id !== first?.run_id);
  if (!first || elsewhere) return null;
  const { decisions } = parseInput({
    decisions: given.map((one) => ({
      ...one,
      arguments_sha256: shown.get(one.tool_call_id)?.shown_sha256 ?? "",
    })),
  }, DecisionsRequest);
  const decided = new Map(calls.map(({ id, approved }) => [id, approved]));
  return { run: await chats.run(first.run_id), decisions, decided };
}

/** Those of the decisions that are on calls which can still be decided. */
export function onOpenCalls({ run, decisions }: ClientAnswers): ClientAnswers["decisions"] {
  return decisions.filter(({ tool_call_id }) => run.open.includes(tool_call_id));
}

/** Throws `conflict` where some of the calls that are open are decided on, and others are not. */
export function assertCovered(answers: ClientAnswers): void {
  const { run, decisions } = answers;
  if (onOpenCalls(answers).length === 0) return;
  const left = undecided(run.open, decisions).length;
  if (left === 0) return;
  const count = left === 1 ? "one of them is" : `${left} of them are`;
  throw new AgentError("conflict", `All that waits has to be answered at once, and ${count} not.`, {
    details: { run_id: run.run_id },
  });
}

/**
 * Decides, and goes on with the run where nothing is open any more. What was decided before has to be decided alike: a
 * client sends its answers again with those that come later. A yes without arguments is alike to a yes with edited ones,
 * which not every client has words for. Errors: as `decide`.
 */
export async function carriedOut(
  answers: ClientAnswers,
  { decisions: service, runs }: Omit<Services, "chats">,
): Promise<Answered> {
  const { run, decisions, decided } = answers;
  const { run_id, pauses } = run;
  const fresh = onOpenCalls(answers);
  const known = decisions.filter((decision) =>
    !fresh.includes(decision) &&
    (decision.arguments !== undefined || decision.approved !== decided.get(decision.tool_call_id))
  );
  let open = run.open;
  for (const some of [known, fresh]) if (some.length > 0) open = await service.decide(run_id, some);
  const asked = pauses.findLast((pause) =>
    decisions.some(({ tool_call_id }) => pause.open.includes(tool_call_id))
  );
  return { open, after: asked?.seq ?? 0, going: open.length === 0 ? await runs.goOn(run_id, 0) : null };
}
