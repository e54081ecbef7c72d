// What a tool is made of. A read tool gets a database that can only read; a write tool gets the user's own
// client, on which a call has its effect once, and says how to look up what it did. A result is an answer; what
// a tool throws is repeated where it may pass, and logged.
import type { SupabaseClient } from "@supabase/supabase-js";
import type { z } from "zod";
import { modelSchema } from "../contracts/json_schema.ts";
import type { ToolSchema } from "../contracts/model.ts";
import type { Json } from "../contracts/text.ts";
import type { ToolCategory, ToolResult } from "../contracts/tool_result.ts";
import type { DomainDatabase } from "../db/domain_database.ts";
import type { ReadOnlyDb } from "../db/read_only_db.ts";
import type { Receipt } from "../db/receipts.ts";
import { argumentReader } from "./read_arguments.ts";

interface Setting {
  user_id: string;
  now: Date;
  /** The user's IANA time zone. */
  time_zone: string;
}

export interface ReadContext extends Setting {
  db: ReadOnlyDb;
}

export interface WriteContext extends Setting {
  /** Refuses to change anything if an earlier attempt at this call has done so. */
  db: SupabaseClient<DomainDatabase>;
  /** The id of this call; the same when the call is repeated. */
  call_id: string;
  /** A uuid for a row that this call makes; the same for the same role whenever the call is repeated. */
  new_id(role: string): Promise<string>;
}

export interface LookUpContext extends WriteContext {
  /** What the attempt that had its effect left behind, such as the key of a row whose key the database makes. */
  receipt: Receipt;
}

/** Arguments that were parsed, waiting for their context; or why they could not be. */
export type Prepared<Steps> = { ok: true } & Steps | { ok: false; problem: string; field: string };

interface Reading {
  run(context: ReadContext): Promise<ToolResult>;
}

export interface Writing {
  run(context: WriteContext): Promise<ToolResult>;
  look_up(context: LookUpContext): Promise<ToolResult>;
}

interface Described {
  name: string;
  /** For people. */
  title: string;
  category: ToolCategory;
  schema: ToolSchema;
  /** The arguments as it acts on them: without the slips that it mends. */
  mend(raw: Json): Json;
}

export interface ReadTool extends Described {
  access: "read";
  prepare(raw: Json): Prepared<Reading>;
}

export interface WriteTool extends Described {
  access: "write";
  writes: readonly Footprint[];
  /** Whether a dry run shows all that a call would do. */
  previewable: boolean;
  prepare(raw: Json): Prepared<Writing>;
}

export type Tool = ReadTool | WriteTool;

interface Description<Args extends z.ZodType> {
  name: string;
  /** What people read in its place, such as "Update a loan"; without one its name in words. No model is told it. */
  title?: string;
  category: ToolCategory;
  /** Every prompt pays for it: as short as the model can do with. */
  description: string;
  /** Strict, so that an unknown key is an error that the model can read. */
  args: Args;
}

/**
 * What a write tool may touch: rows of one table, by one operation. The database holds the same rows (migration
 * tool_footprints) and refuses what none of them allows.
 */
export interface Footprint {
  /** With its schema, such as `public.orders`. */
  table: string;
  op: "INSERT" | "UPDATE" | "DELETE";
  /**
   * A jsonpath that finds in the arguments what the row must carry in `target_column`. Without that column the
   * footprint holds only where the path finds anything; without a path, for any row of the user's.
   */
  target?: string;
  target_column?: string;
  /** More columns that the row must carry, where its key has several: each with its jsonpath. */
  target_rest?: Readonly<Record<string, string>>;
  /** How many changes a call may make to the table by this operation: 1 unless it is said. */
  max_rows?: number;
  /** A jsonpath that finds something in the arguments where the change overwrites or takes away. */
  forceful?: string;
}

interface ReadDefinition<Args extends z.ZodType> extends Description<Args> {
  run(args: z.output<Args>, context: ReadContext): Promise<ToolResult>;
}

interface WriteDefinition<Args extends z.ZodType> extends Description<Args> {
  /** Everything that it may touch. */
  writes: readonly [Footprint, ...Footprint[]];
  /** False for a tool with effects outside of the database: `run` is called once it is approved, and never to try. */
  previewable?: boolean;
  /** Writes in one request (a row, or a function of the database), so that it has all of its effect or none. */
  run(args: z.output<Args>, context: WriteContext): Promise<ToolResult>;
  /** Changes nothing, and tells what this call did when an earlier attempt at it is found to have done it. */
  look_up(args: z.output<Args>, context: LookUpContext): Promise<ToolResult>;
}

export function defineReadTool<Args extends z.ZodType>(
  { run, ...described }: ReadDefinition<Args>,
): ReadTool {
  return {
    access: "read",
    ...description(described),
    ...reading(described.args, (args) => ({ run: (context: ReadContext) => run(args, context) })),
  };
}

export function defineWriteTool<Args extends z.ZodType>(
  { run, look_up, writes, previewable = true, ...described }: WriteDefinition<Args>,
): WriteTool {
  return {
    access: "write",
    writes,
    previewable,
    ...description(described),
    ...reading(described.args, (args) => ({
      run: (context: WriteContext) => run(args, context),
      look_up: (context: LookUpContext) => look_up(args, context),
    })),
  };
}

function description(
  { name, title = inWords(name), category, description, args }: Description<z.ZodType>,
): Omit<Described, "mend"> {
  return { name, title, category, schema: { name, description, parameters: modelSchema(args) } };
}

/** "update_or_schedule_task" as "Update or schedule task". */
function inWords(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function reading<Args extends z.ZodType, Steps>(args: Args, steps: (args: z.output<Args>) => Steps) {
  const { mend, read } = argumentReader(args);
  return {
    mend,
    prepare(raw: Json): Prepared<Steps> {
      const parsed = read(raw);
      return parsed.ok ? { ok: true, ...steps(parsed.value) } : parsed;
    },
  };
}
