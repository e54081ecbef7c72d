// A dry run of a call. The tool's own `run` works on a client whose request the database refuses when it is done
// (migration settling), with all that it would have changed; so there is no second version of any write.
import { z } from "zod";
import type { Edited, Preview, ToolCallRequest } from "../agents/ports.ts";
import { retry } from "../async/retry.ts";
import { Effect } from "../contracts/approval.ts";
import { assertNever } from "../contracts/errors.ts";
import type { Json } from "../contracts/text.ts";
import { failed, ok, type ToolResult } from "../contracts/tool_result.ts";
import { DatabaseError } from "./database_errors.ts";
import type { Prepared, Tool, Writing } from "./define_tool.ts";
import { resultOf } from "./tool_failure.ts";
import { patience, type ToolSourceOptions } from "./tool_source_options.ts";

/** What a tool takes is an object. */
const Fields = z.record(z.string(), z.json());

const OUTSIDE = "What it does outside of the database can't be shown before it is done.";
const UNKNOWN = "What it would change could not be found out.";
const UNKEPT = "It changes something of which no trace is kept, so that nobody can say what it would change.";

const UNDECIDED = "Nothing was decided: try again, or decide on what was proposed.";
const NO_AGENT = "Trying it out takes the agent's own token, which did not come along.";

const UNCHANGED: Preview = {
  kind: "unchanged",
  result: ok({}, "It is so already: nothing had to be changed."),
};

/** What a dry run finds. `no_agent`: the token is none that an agent may use. */
type Found = Preview | { kind: "no_agent" };

/** What a call would do. Never throws. */
export async function previewCall(
  tool: Tool,
  call: ToolCallRequest,
  time_zone: string,
  options: ToolSourceOptions,
): Promise<Preview> {
  const prepared = dryRunOf(tool, call.arguments);
  if (!prepared.ok) return { kind: "refused", result: failed("invalid_arguments", prepared.problem) };
  const found = await prepared.dry({ ...call, time_zone, edited: undefined }, options);
  return found.kind === "no_agent" ? { kind: "refused", result: failed("not_allowed", NO_AGENT) } : found;
}

/** What an open call would do with a person's arguments, of any tool of the catalogue. Never throws. */
export async function editCall(
  call: ToolCallRequest,
  time_zone: string,
  options: ToolSourceOptions,
): Promise<Edited> {
  const tool = options.catalogue.find(({ name }) => name === call.name);
  if (tool === undefined) return misfit("", `There is no tool "${call.name}".`);
  const prepared = dryRunOf(tool, call.arguments);
  if (!prepared.ok) return misfit(prepared.field, prepared.problem);
  const edited = Fields.parse(tool.mend(call.arguments));
  const found = await prepared.dry({ ...call, time_zone, edited }, options);
  switch (found.kind) {
    case "effects":
      return { ok: true, arguments: edited, effects: found.effects };
    case "unchanged":
      return { ok: true, arguments: edited, effects: [] };
    case "refused":
      return misfit("", found.result.message);
    case "no_agent":
      return { ...misfit("", `${NO_AGENT} ${UNDECIDED}`), kind: "forbidden" };
    // That a tool is never tried out stands on the call already. Nobody approves anything else that nobody could see.
    case "unknown":
      return found.problem === OUTSIDE
        ? { ok: true, arguments: edited, effects: null }
        : misfit("", `${found.problem} ${UNDECIDED}`);
    default:
      return assertNever(found);
  }
}

function misfit(field: string, problem: string) {
  return {
    ...{ ok: false, kind: "bad_request" } as const,
    field: ["arguments", field].filter(Boolean).join("."),
    problem,
  };
}

interface Trial {
  call_id: string;
  name: string;
  time_zone: string;
  /** Arguments that are not the call's own. */
  edited: Json | undefined;
}

interface DryRun {
  dry(trial: Trial, options: ToolSourceOptions): Promise<Found>;
}

/** Reading changes nothing, and what happens outside of the database happens. */
function dryRunOf(tool: Tool, args: Json): Prepared<DryRun> {
  if (tool.access === "read") {
    const prepared = tool.prepare(args);
    return prepared.ok ? { ok: true, dry: always({ kind: "effects", effects: [] }) } : prepared;
  }
  const prepared = tool.prepare(args);
  if (!prepared.ok) return prepared;
  if (!tool.previewable) return { ok: true, dry: always({ kind: "unknown", problem: OUTSIDE }) };
  return { ok: true, dry: (trial, options) => tryOut(prepared, trial, options) };
}

const always = (preview: Preview) => () => Promise.resolve(preview);

async function tryOut(
  { run }: Pick<Writing, "run">,
  { call_id, name, time_zone, edited }: Trial,
  options: ToolSourceOptions,
): Promise<Found> {
  const { clock, ids, preview_db, user_id } = options;
  const setting = { user_id, now: new Date(clock.now()), time_zone, call_id };
  const new_id = (role: string) => ids.derived(call_id, role);
  try {
    const result = await retry(() => {
      const db = preview_db({ call_id, attempt: ids.random(), arguments: edited });
      return run({ ...setting, db, new_id });
    }, patience(options));
    return told(result);
  } catch (error) {
    const effects = effectsIn(error);
    if (effects) return effects.length > 0 ? { kind: "effects", effects } : UNCHANGED;
    if (isRefusal(error, "PT403", "agent_token_required")) return { kind: "no_agent" };
    const result = resultOf(error, { name, call_id }, options);
    return isRefusal(error, "PT403", "effects_not_kept")
      ? { kind: "unknown", problem: UNKEPT }
      : told(result);
  }
}

/** What a tool says that has come to an end without having changed anything. */
function told(result: ToolResult): Preview {
  if (result.ok) return { kind: "unchanged", result };
  return result.error === "failed" ? { kind: "unknown", problem: UNKNOWN } : { kind: "refused", result };
}

function effectsIn(error: unknown): Effect[] | undefined {
  if (!isRefusal(error, "PT409", "tool_preview")) return undefined;
  try {
    return z.array(Effect).parse(JSON.parse(error.cause.details));
  } catch {
    return undefined;
  }
}

function isRefusal(error: unknown, code: string, message: string): error is DatabaseError {
  return error instanceof DatabaseError && error.cause.code === code && error.cause.message === message;
}
