import assert from "node:assert/strict";
import { z } from "zod";
import { modelSchema } from "../../shared/contracts/json_schema.ts";
import { StepResult } from "../../shared/contracts/plan.ts";

Deno.test("a model reads types, enums and what is required, and none of the bounds", () => {
  const schema = z.strictObject({
    task_id: z.uuid(),
    limit: z.int().min(1).max(50).default(20),
    status: z.array(z.enum(["open", "done"])).optional(),
  });
  assert.deepEqual(modelSchema(schema), {
    type: "object",
    properties: {
      task_id: { type: "string" },
      limit: { type: "integer" },
      status: { type: "array", items: { type: "string", enum: ["open", "done"] } },
    },
    required: ["task_id"],
  });
});

Deno.test("a property may be called like a keyword of JSON Schema", () => {
  const schema = z.object({ pattern: z.string(), default: z.string() });
  assert.deepEqual(modelSchema(schema).properties, {
    pattern: { type: "string" },
    default: { type: "string" },
  });
});

Deno.test("any JSON value is an empty schema, without references that hosts may not follow", () => {
  const text = JSON.stringify(modelSchema(StepResult));
  assert.ok(!text.includes("$"));
  assert.match(text, /"data":\{\}/);
});
