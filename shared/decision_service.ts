// What waits for a person, and what they decide. Edited arguments go through the tool's schema and a dry run first, so
// that nothing is stored where they don't fit, and what is stored names what they would change.
import type { Edited, ToolSource } from "./agents/ports.ts";
import type { OpenApproval } from "./contracts/approval.ts";
import type { PersonDecision } from "./contracts/decision_request.ts";
import { AgentError } from "./contracts/errors.ts";
import { type Json, JsonObject } from "./contracts/text.ts";
import type { EngineClient } from "./db/clients.ts";
import { readCalledTools } from "./db/called_tools.ts";
import type { Decisions } from "./db/decisions.ts";
import { sameEffects } from "./contracts/same_effects.ts";
import { type Patience, patiently } from "./db/patiently.ts";

export interface DecisionService {
  /** What waits for the caller, of all their runs, the oldest first. */
  open(): Promise<OpenApproval[]>;
  /**
   * Decides, all at once or none. Gives the calls of the run that still wait. Errors: `not_found`; `bad_request` with the
   * field where edited arguments don't fit or could not be tried out, `forbidden` where that takes an agent's token;
   * `conflict` where a call can't be decided like that, or not any more.
   */
  decide(run_id: string, decisions: readonly PersonDecision[]): Promise<string[]>;
  /**
   * What an open call would do with other arguments, which are given as the tool reads them. Decides nothing and leaves
   * nothing behind. Errors: `not_found`, `conflict` where the call does not wait; as `decide` where they don't fit.
   */
  preview(run_id: string, call_id: string, args: Record<string, Json>): Promise<Previewed>;
}

type Previewed = Omit<Extract<Edited, { ok: true }>, "ok">;

const CHANGED = "The call would change something else than was shown by now. Look at it again.";

interface DecisionDeps extends Patience {
  tools: ToolSource;
}

/** `decisions` acts for the person, `db` and the tools for their agents. */
export function createDecisionService(
  decisions: Decisions,
  db: EngineClient,
  deps: DecisionDeps,
): DecisionService {
  const { tools } = deps;

  /** The decisions with what edited arguments would change. */
  async function tried(run_id: string, given: readonly PersonDecision[]): Promise<PersonDecision[]> {
    const edited = given.filter((one) => one.arguments !== undefined).map((one) => one.tool_call_id);
    if (edited.length === 0) return [...given];
    const { time_zone, calls } = await patiently(() => readCalledTools(db, run_id, edited), deps);
    const ready: PersonDecision[] = [];
    for (const [at, decision] of given.entries()) {
      const { tool_call_id: call_id, arguments: args } = decision;
      const called = calls.get(call_id);
      if (args === undefined || called === undefined) {
        ready.push(decision);
        continue;
      }
      const call = { call_id, name: called.name, arguments: args };
      if (!called.open) {
        // The database refuses it, and says why; or it is what was decided, as the tool reads it.
        const { argumentsOf } = tools.open({ permission: "read_write", names: [call.name], time_zone });
        ready.push({ ...decision, arguments: JsonObject.parse(argumentsOf(call)) });
        continue;
      }
      const edited = await tools.edit(call, time_zone);
      if (!edited.ok) throw unfit(`decisions.${at}.`, edited);
      if (decision.effects !== undefined && !sameEffects(decision.effects, edited.effects)) {
        throw new AgentError("conflict", CHANGED, { details: { field: `decisions.${at}.effects` } });
      }
      ready.push({ ...decision, arguments: edited.arguments, effects: edited.effects });
    }
    return ready;
  }

  return {
    open: decisions.open,
    decide: async (run_id, given) => (await decisions.decide(run_id, await tried(run_id, given))).open,
    async preview(run_id, call_id, args) {
      const { time_zone, calls } = await patiently(() => readCalledTools(db, run_id, [call_id]), deps);
      const called = calls.get(call_id);
      if (!called?.open) throw new AgentError("conflict", "The tool call does not wait for a decision.");
      const edited = await tools.edit({ call_id, name: called.name, arguments: args }, time_zone);
      if (!edited.ok) throw unfit("", edited);
      return { arguments: edited.arguments, effects: edited.effects };
    },
  };
}

/** `before`: what stands before the field in the request's body. */
function unfit(before: string, { kind, field, problem }: Extract<Edited, { ok: false }>): AgentError {
  const path = `${before}${field}`;
  return new AgentError(kind, `${path}: ${problem}`, { details: { field: path } });
}
