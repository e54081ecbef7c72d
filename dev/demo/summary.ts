// The table at the end: what was written, what changed in the workspace, and what it cost.
import type { RunState } from "../../shared/contracts/run_state.ts";
import type { Records } from "./records.ts";
import { seconds } from "../turn/render.ts";
import type { Timing } from "../turn/stopwatch.ts";
import { costOf, modelCalls, tokenCounts } from "../turn/usage_words.ts";
import type { Style } from "../terminal/style.ts";
import { type Section, tableLines } from "../terminal/table.ts";

export function summaryLines(
  state: RunState,
  records: Records,
  timing: Timing,
  canvas: { style: Style; width: number },
): string[] {
  return tableLines([
    {
      title: "Written to Postgres with the user's own token, under row-level security",
      rows: written(records),
    },
    { title: "Changed in the workspace", rows: changed(records, canvas.style) },
    { title: "Cost", rows: [...tokens(state, records), ...times(state, timing)] },
  ], canvas);
}

function written(records: Records): Section["rows"] {
  const { run, agents, plans, executions, threads, messages, tool_calls, events, chat_messages } = records;
  return [
    ["agent_runs", "1", `${run.status}${run.strategy === null ? "" : `, strategy ${run.strategy}`}`],
    ["agents", String(agents.length), tally(agents.map((agent) => agent.type))],
    [
      "agent_plans",
      String(plans.length),
      plans.map((plan) => `version ${plan.revision} ${plan.status}`).join(", "),
    ],
    ["agent_executions", String(executions.length), tally(executions.map((execution) => execution.status))],
    ["agent_chat_sessions", String(threads.length), "threads with a model"],
    ["agent_chat_messages", String(messages.length), tally(messages.map((message) => message.role))],
    [
      "agent_tool_calls",
      String(tool_calls.length),
      `${tally(tool_calls.map((call) => call.access ?? "of the agents' own"))}; ${
        tally(tool_calls.map((call) => call.status))
      }`,
    ],
    ["agent_run_events", String(events.length), "the stream above, event by event"],
    ["chat_messages", String(chat_messages.length), tally(chat_messages.map((message) => message.role))],
  ].filter(([, count]) => count !== "0");
}

function changed({ changes }: Records, style: Style): Section["rows"] {
  if (changes.length === 0) return [["nothing"]];
  return changes.map(({ table, change, name, detail }) => [
    table,
    change,
    name,
    style.dim(detail.replace(/\s+/g, " ").trim()),
  ]);
}

function tokens({ usage }: RunState, { messages }: Records): Section["rows"] {
  const answers = messages.filter((message) => message.role === "assistant");
  const models = [...new Set(answers.flatMap((message) => message.model_used ?? []))];
  const of = (sender: string) => answers.filter((message) => message.sender_type === sender);
  const sum = (of: typeof answers, key: "input_tokens" | "output_tokens" | "cached_tokens") =>
    of.reduce((total, message) => total + (message[key] ?? 0), 0);
  const lines = (["planner", "executor"] as const).filter((sender) => of(sender).length > 0).map((sender) => [
    sender === "planner" ? "planner" : "executors",
    modelCalls(of(sender).length),
    tokenCounts({
      input_tokens: sum(of(sender), "input_tokens"),
      cached_tokens: sum(of(sender), "cached_tokens"),
      output_tokens: sum(of(sender), "output_tokens"),
    }),
  ]);
  if (usage === null) return lines;
  const cost = costOf(usage, models);
  const total = `${tokenCounts(usage)}; ${cost}${usage.estimated ? ", partly estimated" : ""}`;
  return [...lines, ["together", modelCalls(usage.model_calls), total], [
    "model",
    models.join(", "),
  ]];
}

function times({ plan }: RunState, { first_event_ms, first_text_ms, total_ms }: Timing): Section["rows"] {
  const steps = (plan?.steps ?? []).flatMap(({ started_at, ended_at }) =>
    started_at === null || ended_at === null
      ? []
      : [{ started_at: Date.parse(started_at), ended_at: Date.parse(ended_at) }]
  );
  const worked = steps.reduce((sum, step) => sum + step.ended_at - step.started_at, 0);
  const wall = Math.max(...steps.map((step) => step.ended_at)) -
    Math.min(...steps.map((step) => step.started_at));
  return [
    [
      "time",
      seconds(total_ms),
      `first event after ${first_event_ms} ms${
        first_text_ms === undefined ? "" : `, first text after ${first_text_ms} ms`
      }`,
    ],
    ...(steps.length < 2
      ? []
      : [["steps", seconds(wall), `for ${seconds(worked)} of work, because steps ran side by side`]]),
  ];
}

/** "2 read, 1 write", the most frequent first. */
function tally(words: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([word, count]) => `${count} ${word}`).join(", ");
}
