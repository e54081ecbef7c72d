// What the agents need from the world, as interfaces. `tools`, `llm` and `db` implement them and
// `compose.ts` hands them in, so that everything in this folder is a function of its arguments.
import type { ModelEvent, ModelRequest, ToolSchema } from "../contracts/model.ts";
import type { Json } from "../contracts/text.ts";
import type { ToolAccess, ToolResult } from "../contracts/tool.ts";

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Runs `fn` once, `ms` from now; the function that comes back takes it off again. */
  after(ms: number, fn: () => void): () => void;
}

export interface Ids {
  random(): string;
  /** The same uuid for the same parts, always: what makes a repeated write have its effect once. */
  derived(...parts: (string | number)[]): Promise<string>;
}

export interface Log {
  error(message: string, details: Record<string, unknown>): void;
}

export interface Model {
  /** One turn. Never throws after the first pull; the contract stands in contracts/model.ts. */
  streamTurn(request: ModelRequest, options: { signal: AbortSignal }): AsyncIterable<ModelEvent>;
}

/** A tool as an agent is offered it. */
export interface OfferedTool {
  schema: ToolSchema;
  access: ToolAccess;
}

export interface ToolCallRequest {
  /** The id of the call's row, from which the ids of the rows it creates derive. */
  call_id: string;
  name: string;
  arguments: Json;
}

/** The tools one agent may use, and the only way to run them. */
export interface Toolbox {
  readonly offered: readonly OfferedTool[];
  /** Refuses what was not offered, by name, before the arguments are looked at. Never throws. */
  dispatch(call: ToolCallRequest): Promise<ToolResult>;
}

export type Permission = "read_only" | "read_write";

export interface ToolSource {
  /** The name and access of every tool there is. */
  readonly catalogue: readonly { name: string; access: ToolAccess }[];
  /** A toolbox of the named tools that the permission allows; unknown names are left out. */
  open(options: { permission: Permission; names: readonly string[]; time_zone: string }): Toolbox;
}
