// The schemas that have tables or functions of ours: the domain's, the engine's, and that of its helpers.
import { helpersOf } from "../../../dev/schema/move_schema.ts";
import { ENGINE_SCHEMA } from "../../../shared/db/schema.ts";

export const API_SCHEMAS: string[] = [...new Set(["public", ENGINE_SCHEMA])];

export const OUR_SCHEMAS: string[] = [...API_SCHEMAS, helpersOf(ENGINE_SCHEMA)];
