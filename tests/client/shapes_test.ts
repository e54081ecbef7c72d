// The client's shapes say what the contract's schemas say: a field that has to be there is asked for, of its kind.
import assert from "node:assert/strict";
import { z } from "zod";
import { BODIES, HEAD } from "../../client/read_events.ts";
import { shaped, SHAPES } from "../../client/shapes.ts";
import { Approval, OpenApproval } from "../../shared/contracts/approval.ts";
import { AgentRef, RunEvent } from "../../shared/contracts/events.ts";
import { Plan, PlanStep, StepResult } from "../../shared/contracts/plan.ts";
import { Usage } from "../../shared/contracts/usage.ts";

type Schema = z.core.JSONSchema.BaseSchema;

const schemaOf = (type: z.ZodType, io: "input" | "output"): Schema =>
  z.toJSONSchema(type, { unrepresentable: "any", io, reused: "inline" });

/** The sign of a kind, as the shapes have it; `@` for any shape. */
function kindOf(schema: Schema): string {
  const members = schema.anyOf ?? schema.oneOf;
  if (members?.some((one) => Object(one).type === "null")) {
    const [member] = members.filter((one) => Object(one).type !== "null");
    return `${kindOf(Object(member))}~`;
  }
  switch (schema.type) {
    case "string":
      return "";
    case "number":
    case "integer":
      return "#";
    case "boolean":
      return "!";
    case "array":
      return `${kindOf(Object(schema.items))}+`;
    case "object":
      return "@";
    default:
      return members ? "@" : "*";
  }
}

function expected(type: z.ZodType): { [field: string]: { kind: string; required: boolean } } {
  const { properties = {}, required = [] } = schemaOf(type, "output");
  // What a transform gives no schema knows; ours give what they take.
  const taken = schemaOf(type, "input").properties ?? {};
  return Object.fromEntries(
    Object.entries(properties).map(([field, schema]) => {
      const kind = kindOf(Object(schema));
      return [field, {
        kind: kind.includes("*") ? kindOf(Object(taken[field])) : kind,
        required: required.includes(field),
      }];
    }),
  );
}

function compare(fields: string, type: z.ZodType, name: string): void {
  const contract = expected(type);
  const named = new Map(
    fields.split(" ").map((field) => {
      const [, key = "", rest = ""] = /^(\w+)(.*)$/.exec(field) ?? [];
      return [key, rest.replace(/@\w+/, "@")];
    }),
  );
  for (const [field, kind] of named) {
    const known = contract[field];
    assert.ok(known, `${name}.${field} is not in the contract`);
    assert.equal(kind, `${known.kind}${known.required ? "" : "?"}`, `${name}.${field}`);
  }
  const left = Object.entries(contract).filter(([field, { required }]) => required && !named.has(field));
  assert.deepEqual(left.map(([field]) => field), [], `${name} lacks fields`);
}

Deno.test("every type of event is known, and asked for the fields that its schema demands", () => {
  const types = RunEvent.options.map((option) => option.shape.type.value);
  assert.deepEqual(Object.keys(BODIES).toSorted(), types.toSorted());
  for (const option of RunEvent.options) {
    const type = option.shape.type.value;
    compare(`${HEAD} ${BODIES[type]}`, option, type);
  }
});

Deno.test("so is what stands in events", () => {
  const shapes = { agent: AgentRef, usage: Usage, steps: PlanStep, plan: Plan, result: StepResult };
  for (const [name, type] of Object.entries({ ...shapes, approvals: Approval, open: OpenApproval })) {
    compare(SHAPES[name] ?? "", type, name);
  }
});

Deno.test("a shape tells each kind from the others, and a list from what is none", () => {
  const fits = shaped("text number# flag! json* list+ plan@why may? none~ why@+?");
  const value = {
    ...{ text: "", number: 0, flag: false, json: null, list: ["a"], plan: { by: "", text: "" }, none: null },
  };
  assert.ok(fits(value));
  assert.ok(fits({ ...value, none: "one", may: "be", why: [value.plan], more: 1 }));
  const wrong = [
    ...[null, undefined, "text", []],
    ...Object.keys(value).map((key) => ({ ...value, [key]: undefined })),
    ...["text", "number", "flag", "list", "plan"].map((key) => ({ ...value, [key]: null })),
    ...[{ list: [1] }, { list: "a" }, { plan: { by: "" } }, { may: null }, { none: 1 }, { why: [{}] }]
      .map((change) => ({ ...value, ...change })),
  ];
  for (const one of wrong) assert.ok(!fits(one), JSON.stringify(one));
});
