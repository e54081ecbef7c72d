// What a row of a run may hold: a table refuses whatever breaks one of its rules, whoever writes it.
import assert from "node:assert/strict";
import { insertRow, insertWorld, type Row, TABLES, type World } from "./agents_world.ts";
import { testAsUser as test } from "./agents_calls.ts";

const SKIPPED = { status: "skipped", attempt: 0, worker: null, executor_agent_id: null };

/** Values that break one rule, by table; in SQL a rule that is null holds. */
const BROKEN: Record<string, Record<string, unknown>[]> = {
  chat_sessions: [
    { title: "" },
    { title: "x".repeat(201) },
    { context_type: "A b" },
    { entity_id: "" },
    { entity_id: "x".repeat(201) },
    { client_id: "" },
    { client_id: "x".repeat(201) },
    { preferences: [] },
    { preferences: { a: "x".repeat(100_000) } },
  ],
  agent_runs: [
    { time_zone: "Mars/Base5" },
    { request_key: "x".repeat(201) },
    { limits: { a: "x".repeat(10_000) } },
    { lease_generation: 0 },
    { lease_generation: 1_000_001 },
    { takeovers: -1 },
    { takeovers: 1001 },
    { lease_seconds: 0 },
    { lease_seconds: 3601 },
    { leased_at: "infinity" },
    { lease_expires_at: "-infinity" },
    { cancel_requested_at: "infinity" },
    { worked_ms: -1 },
    { worked_ms: 1_000_000_000_001 },
    { usage: [] },
    { usage: { input_tokens: -1 } },
    { usage: { a: "x".repeat(10_000) } },
    { finished_at: "infinity", status: "failed" },
    { finished_at: "2026-11-22T12:00:00Z" },
    { finished_reason: "x".repeat(101) },
    { error: { a: "x".repeat(100_000) } },
  ],
  agents: [
    { type: "executor" },
    { name: "x".repeat(301) },
    { model_preference: [] },
    { model_preference: { a: "x".repeat(20_000) } },
    { available_tools: {} },
    { available_tools: ["x".repeat(100_000)] },
  ],
  agent_plans: [
    { user_message: "x".repeat(16_001) },
    { goal: "x".repeat(501) },
    { revision: 0 },
    { steps: [] },
    { steps: {} },
  ],
  agent_chat_sessions: [{ initial_context: [] }],
  agent_executions: [
    { step_number: 0 },
    { attempt: -1 },
    { attempt: 0 },
    { ...SKIPPED, attempt: 1 },
    { ...SKIPPED, worker: "planner" },
    { worker: null, executor_agent_id: null },
    { worker: "planner" },
    { task: [] },
    { tools_available: {} },
    { tools_available: ["x".repeat(100_000)] },
    { result: { a: "x".repeat(2_000_000) } },
    { error: "x".repeat(100_001) },
    { usage: 1 },
    { usage: { cost_usd: "1" } },
    { usage: { a: "x".repeat(10_000) } },
    { tokens_used: -1 },
    { duration_ms: -1 },
    { lease_generation: 0 },
    { lease_seconds: 0 },
    { lease_seconds: 3601 },
    { lease_expires_at: "-infinity" },
  ],
  agent_chat_messages: [
    { seq: 0 },
    { kind: "limit", role: "user" },
    { detail: { reason: "tokens" } },
    { role: "user" },
    { kind: "prompt" },
    { kind: "result" },
    { kind: "task" },
    { reasoning: "x".repeat(2_000_001) },
    { tool_calls: ["x".repeat(40_000_000)] },
    { echo: [] },
    { cut: {} },
    { cut: ["x".repeat(1_000_000)] },
    { shown_rows: {} },
    { shown_rows: ["x".repeat(1_000_000)] },
    { kind: "limit", role: "user", detail: { a: "x".repeat(10_000) } },
    { tool_call_id: "x".repeat(1001) },
    { model_used: "x".repeat(1001) },
    { input_tokens: -1 },
    { output_tokens: -1 },
    { cached_tokens: -1 },
    { cost_usd: -1 },
  ],
  agent_tool_calls: [
    { tool_call_id: "x".repeat(1001) },
    { result: { a: "x".repeat(4_000_000) } },
    { effects: {} },
    { effects: ["x".repeat(4_000_000)] },
    { problem: "x".repeat(100_001) },
    { error: "x".repeat(100_001) },
    { duration_ms: -1 },
  ],
  agent_run_events: [
    { seq: 0 },
    { at: "infinity" },
    { type: "unknown" },
    { agent: { a: "x".repeat(10_000) } },
  ],
  usage_reservations: [
    { seal: "A".repeat(64) },
    { seal: "a".repeat(63) },
    { input_tokens: -1 },
    { output_tokens: -1 },
    { cost_usd: -0.1 },
    { cost_usd: 1_000_001 },
    { cost_usd: "NaN" },
    { tool_calls: -1 },
    { attempt: 0 },
    { broken_budget: "x".repeat(101) },
  ],
  usage_settlements: [
    { secret: "x".repeat(201) },
    { model_calls: -1 },
    { tool_calls: -1 },
    { input_tokens: -1 },
    { output_tokens: -1 },
    { cost_usd: -0.1 },
    { cost_usd: "NaN" },
    { cached_tokens: -1 },
    { model_asked: "x".repeat(1001) },
    { model_answered: "x".repeat(1001) },
    { parameters: [] },
    { parameters: { a: "x".repeat(40_000) } },
    { cuts: {} },
    { cuts: ["x".repeat(1_000_000)] },
    { first_token_ms: -1 },
    { duration_ms: -1 },
    { message_seq: 0 },
    { end_reason: "stop", failure: "stopped" },
    { end_reason: "x".repeat(101) },
    { failure: "x".repeat(101) },
  ],
};

/** A row that a table takes. */
function soundRow(name: string, world: World): Row | undefined {
  const { user_id, agent_runs: run_id } = world;
  const id = crypto.randomUUID();
  const tokens = { input_tokens: 1, output_tokens: 1, tool_calls: 0 };
  if (name === "usage_reservations") {
    return { id, user_id, run_id, seal: "a".repeat(64), attempt: 1, ...tokens };
  }
  if (name === "usage_settlements") {
    return { user_id, reservation_id: id, secret: "", model_calls: 1, cached_tokens: 0, ...tokens };
  }
  return TABLES.find((table) => table.name === name)?.row(world);
}

/** What a client that writes by itself is told names the rule; the functions' own tables have one for all. */
function constraintOf(name: string, values: Record<string, unknown>): string {
  if (name !== "chat_sessions") return `${name}_fit`;
  const [column] = Object.keys(values);
  return Array.isArray(values.preferences) || column !== "preferences"
    ? `chat_sessions_${column}_check`
    : "chat_sessions_sizes";
}

for (const [name, broken] of Object.entries(BROKEN)) {
  test(`${name} refuses a row that breaks one of its rules`, async (_user, sql) => {
    const world = await insertWorld(sql);
    const sound = soundRow(name, world);
    for (const values of broken) {
      const told = JSON.stringify(values).slice(0, 100);
      await assert.rejects(
        async () => await insertRow(sql, name, { ...sound, ...values }),
        { code: "23514", constraint_name: constraintOf(name, values) },
        told,
      );
    }
  });
}
