// The two schemas that an engine lies in.
import { helpersOf } from "./move_schema.ts";

export interface EngineSchemas {
  /** Of its tables, which the API serves. */
  schema: string;
  /** Of its helpers. */
  helpers: string;
}

export function engineSchemas(schema: string): EngineSchemas {
  return { schema, helpers: helpersOf(schema) };
}
