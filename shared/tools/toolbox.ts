// The only way to run a tool. What was not offered is refused by name, before its arguments are looked at;
// arguments that do not fit come back as a sentence; what may pass is tried again; whatever else a tool throws
// goes to the log, and the model learns only that it failed.
import type { Preview, Toolbox, ToolCallRequest, ToolOutcome, ToolSource } from "../agents/ports.ts";
import { retry } from "../async/retry.ts";
import { cleanText, preview } from "../contracts/text.ts";
import { failed, type ToolResult } from "../contracts/tool_result.ts";
import type { Tool } from "./define_tool.ts";
import { getToolsForAgent } from "./permissions.ts";
import { resultOf } from "./tool_failure.ts";
import { editCall, previewCall } from "./tool_preview.ts";
import { patience, type ToolSourceOptions } from "./tool_source_options.ts";
import { writeOnce } from "./write_once.ts";

/** The tools as one user's agents get them. */
export function createToolSource(options: ToolSourceOptions): ToolSource {
  const { catalogue } = options;
  return {
    catalogue: catalogue.map(({ name, title, access }) => ({ name, title, access })),
    open({ permission, names, time_zone }): Toolbox {
      const offered = getToolsForAgent(catalogue, permission).filter(({ name }) => names.includes(name));
      return {
        offered: offered.map(({ schema, access }) => ({ schema, access })),
        argumentsOf: (call) =>
          offered.find(({ name }) => name === call.name)?.mend(call.arguments) ?? call.arguments,
        dispatch: (call) => dispatch(call, offered, time_zone, options),
        preview: (call) => tryOut(call, offered, time_zone, options),
      };
    },
    edit: (call, time_zone) => editCall(call, time_zone, options),
  };
}

async function dispatch(
  call: ToolCallRequest,
  offered: readonly Tool[],
  time_zone: string,
  options: ToolSourceOptions,
): Promise<ToolOutcome> {
  const tool = offered.find(({ name }) => name === call.name);
  if (tool === undefined) return notOffered(call.name, offered);
  try {
    return await run(tool, call, time_zone, options);
  } catch (error) {
    return resultOf(error, call, options);
  }
}

async function tryOut(
  call: ToolCallRequest,
  offered: readonly Tool[],
  time_zone: string,
  options: ToolSourceOptions,
): Promise<Preview> {
  const tool = offered.find(({ name }) => name === call.name);
  if (tool === undefined) return { kind: "refused", result: notOffered(call.name, offered) };
  return await previewCall(tool, call, time_zone, options);
}

async function run(
  tool: Tool,
  call: ToolCallRequest,
  time_zone: string,
  options: ToolSourceOptions,
): Promise<ToolOutcome> {
  const { call_id } = call;
  const { read_db, write_db, receiptOf, isUndoable, user_id, clock, ids } = options;
  const patiently = patience(options);
  const setting = { user_id, now: new Date(clock.now()), time_zone };
  if (tool.access === "read") {
    const prepared = tool.prepare(call.arguments);
    if (!prepared.ok) return failed("invalid_arguments", prepared.problem);
    return await retry(() => prepared.run({ ...setting, db: read_db }), patiently);
  }
  const prepared = tool.prepare(call.arguments);
  if (!prepared.ok) return failed("invalid_arguments", prepared.problem);
  const new_id = (role: string) => ids.derived(call_id, role);
  return await retry(async () => {
    const attempt = ids.random();
    const changes: boolean[] = [];
    const db = write_db({ call_id, attempt, onChange: (undoable) => changes.push(undoable) });
    const context = { ...setting, db, call_id, new_id };
    const { result, found } = await writeOnce(prepared, { context, attempt, receiptOf });
    // The answer to the attempt that changed something may be lost.
    if (found && changes.length === 0) changes.push(await isUndoable(call_id));
    const undoable = changes.length > 0 && changes.every((one) => one);
    return undoable ? { ...result, undoable } : result;
  }, patiently);
}

function notOffered(name: string, offered: readonly Tool[]): ToolResult {
  const names = offered.map((tool) => tool.name).join(", ") || "none";
  return failed("not_allowed", `You may not use "${preview(cleanText(name), 60)}". Your tools: ${names}.`);
}
