// What a tool is made of. A read tool gets a database that can only read; a write tool gets the user's own
// client and ids that stay the same when the call is repeated. Both answer with a result, never an exception.
import type { SupabaseClient } from "@supabase/supabase-js";
import type { z } from "zod";
import { modelSchema } from "../contracts/json_schema.ts";
import type { ToolSchema } from "../contracts/model.ts";
import type { Json } from "../contracts/text.ts";
import type { ToolCategory, ToolResult } from "../contracts/tool.ts";
import type { Database } from "../db/database.types.ts";
import type { ReadOnlyDb } from "../db/read_only_db.ts";
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
  db: SupabaseClient<Database>;
  /** The id of this call; the same when the call is repeated. */
  call_id: string;
  /** A uuid for a row that this call makes; the same for the same role whenever the call is repeated. */
  new_id(role: string): Promise<string>;
}

/** Arguments that were parsed, waiting for their context; or why they could not be. */
export type Prepared<Context> =
  | { ok: true; run(context: Context): Promise<ToolResult> }
  | { ok: false; problem: string };

interface Described {
  name: string;
  category: ToolCategory;
  schema: ToolSchema;
}

export interface ReadTool extends Described {
  access: "read";
  prepare(raw: Json): Prepared<ReadContext>;
}

export interface WriteTool extends Described {
  access: "write";
  prepare(raw: Json): Prepared<WriteContext>;
}

export type Tool = ReadTool | WriteTool;

interface Definition<Args extends z.ZodType, Context> {
  name: string;
  category: ToolCategory;
  /** Every prompt pays for it: as short as the model can do with. */
  description: string;
  /** Strict, so that an unknown key is an error that the model can read. */
  args: Args;
  run(args: z.output<Args>, context: Context): Promise<ToolResult>;
}

export function defineReadTool<Args extends z.ZodType>(definition: Definition<Args, ReadContext>): ReadTool {
  return { access: "read", ...described(definition), prepare: preparer(definition) };
}

export function defineWriteTool<Args extends z.ZodType>(
  definition: Definition<Args, WriteContext>,
): WriteTool {
  return { access: "write", ...described(definition), prepare: preparer(definition) };
}

function described({ name, category, description, args }: Definition<z.ZodType, never>): Described {
  return { name, category, schema: { name, description, parameters: modelSchema(args) } };
}

function preparer<Args extends z.ZodType, Context>({ args, run }: Definition<Args, Context>) {
  const read = argumentReader(args);
  return (raw: Json): Prepared<Context> => {
    const parsed = read(raw);
    return parsed.ok ? { ok: true, run: (context) => run(parsed.value, context) } : parsed;
  };
}
