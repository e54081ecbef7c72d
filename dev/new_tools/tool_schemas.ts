// The tools of a plan as agents are offered them, to count what they cost before there is a file.
import { z } from "zod";
import { modelSchema } from "../../shared/contracts/json_schema.ts";
import type { ToolSchema } from "../../shared/contracts/model.ts";
import { changes, clearable, limit, Query } from "../../shared/tools/fields.ts";
import type { Argument } from "./facts.ts";
import type { ToolPlan } from "./tool_plan.ts";
import { toolDescriptions } from "./tool_words.ts";

/** The schemas, in the order of the file. */
export function toolSchemas(plan: ToolPlan): ToolSchema[] {
  const { names, key, writes } = plan;
  const words = toolDescriptions(plan);
  const schema = (name: string, description: string, shape: z.ZodRawShape) => ({
    ...{ name, description, parameters: modelSchema(z.strictObject(shape)) },
  });
  const keys = Object.fromEntries(key.map(({ name, field }) => [name, field.schema]));
  return [
    schema(`list_${names.many}`, words.list, listShape(plan)),
    ...(key.length > 0 ? [schema(`get_${names.one}`, words.get, keys)] : []),
    ...(writes.create === null
      ? []
      : [schema(`create_${names.one}`, words.create, createShape(writes.create.arguments))]),
    ...(writes.update === null ? [] : [
      schema(`update_${names.one}`, words.update, {
        ...keys,
        updates: changes(updateShape(writes.update.arguments)),
      }),
    ]),
  ];
}

function listShape({ list }: ToolPlan): z.ZodRawShape {
  const { search, sets, references, flags, range, sorts } = list;
  const fields = (all: readonly Argument[], of: (field: z.ZodType) => z.ZodType = (field) => field) =>
    Object.fromEntries(all.map(({ name, field }) => [name, of(field.schema).optional()]));
  const ends = range === null
    ? []
    : ["from", "to"].map((end) => ({ ...range, name: `${range.name}_${end}` }));
  return {
    ...(search === null ? {} : { query: Query.optional() }),
    ...fields(sets, (field) => z.array(field)),
    ...fields([...references, ...flags, ...ends]),
    ...(sorts.length < 2
      ? {}
      : { sort_by: z.enum(sorts.map(({ column }) => column.name)).default(sorts[0]?.column.name ?? "") }),
    limit: limit(20, 50),
  };
}

function createShape(all: readonly Argument[]): z.ZodRawShape {
  return Object.fromEntries(
    all.map(({ name, field, required }) => [name, required ? field.schema : field.schema.optional()]),
  );
}

function updateShape(all: readonly Argument[]): z.ZodRawShape {
  return Object.fromEntries(
    all.map((
      { name, field, clearable: clears },
    ) => [name, clears ? clearable(field.schema) : field.schema.optional()]),
  );
}
