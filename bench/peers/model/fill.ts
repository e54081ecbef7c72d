// Arguments that fit a tool's schema, whatever system has written it.
import type { JsonSchema } from "./chat_request.ts";
import { stepTask, TOPICS } from "./job.ts";

export interface Filling {
  /** The schema that references point into. */
  root: JsonSchema;
  /** The step that is meant; 0 where the plan as a whole is. */
  step: number;
  /** What a text is to say where it is no step's task. */
  text?: string;
}

/** Objects get what they require; the first list of objects or texts gets an entry for each step. */
export function filled(schema: JsonSchema, filling: Filling, key = ""): unknown {
  if (schema.$ref !== undefined) return filled(referred(schema.$ref, filling.root), filling, key);
  const [first, ...others] = schema.anyOf ?? schema.oneOf ?? [];
  if (first) return others.some(({ type }) => type === "null") ? null : filled(first, filling, key);
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return schema.enum.includes("completed") ? "completed" : schema.enum[0];
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== "null") : schema.type;
  if (type === "array") return list(schema, filling, key);
  if (type === "object" || schema.properties) {
    const names = schema.required ?? [];
    return Object.fromEntries(
      names.map((name) => [name, filled(schema.properties?.[name] ?? {}, filling, name)]),
    );
  }
  if (type === "integer" || type === "number") return filling.step || (schema.minimum ?? 1);
  if (type === "boolean") return key === "executor_required";
  return words(filling, key);
}

function list(schema: JsonSchema, filling: Filling, key: string): unknown[] {
  if (key === "tools") return ["search_projects", "get_project_details"];
  if (key === "depends_on" || filling.step > 0) return [];
  return TOPICS.map((_, i) => filled(schema.items ?? {}, { ...filling, step: i + 1 }));
}

function words({ step, text }: Filling, key: string): string {
  if (text !== undefined) return text;
  if (step === 0) return "Know how the four projects stand and what is next.";
  return key === "title" ? `Look into ${TOPICS[step - 1]}` : stepTask(step);
}

function referred(path: string, root: JsonSchema): JsonSchema {
  let found: unknown = root;
  for (const name of path.replace(/^#\//, "").split("/")) {
    found = typeof found === "object" && found !== null ? Reflect.get(found, name) : undefined;
  }
  if (typeof found !== "object" || found === null) throw new Error(`Cannot follow ${path}: it leads nowhere`);
  return found;
}
