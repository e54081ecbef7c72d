// Two read tools and a write for tests of the agents alone: `look`, `look_long` and `change`.
import type { ToolSource } from "../../../shared/agents/ports.ts";
import { failed, ok, type ToolAccess } from "../../../shared/contracts/tool_result.ts";

/** What these tools are about, as a domain says it. */
export const ABOUT = "things to look at and change";

const LONG = Array.from({ length: 60 }, (_, i) => ({ id: i, title: `Item number ${i} with a long title` }));

const TOOLS: Record<string, { access: ToolAccess; data: typeof LONG | string }> = {
  look: { access: "read", data: "something" },
  look_long: { access: "read", data: LONG },
  change: { access: "write", data: "changed" },
};

const UNKNOWN = { kind: "unknown", problem: "There are no rows here." } as const;

export function toolPort(): ToolSource & { ran: string[] } {
  const ran: string[] = [];
  return {
    ran,
    catalogue: Object.entries(TOOLS).map(([name, { access }]) => ({
      name,
      title: `The tool ${name}`,
      access,
    })),
    edit: () => Promise.resolve({ ok: true, arguments: {}, effects: null }),
    open({ permission, names }) {
      const offered = Object.entries(TOOLS)
        .filter(([name, { access }]) =>
          names.includes(name) && (permission === "read_write" || access === "read")
        )
        .map(([name, { access }]) => ({
          access,
          schema: { name, description: `Does ${name}`, parameters: { type: "object", properties: {} } },
        }));
      return {
        offered,
        argumentsOf: (call) => call.arguments,
        dispatch({ name }) {
          const tool = TOOLS[name];
          if (!tool || !offered.some((one) => one.schema.name === name)) {
            return Promise.resolve(failed("not_allowed", `There is no tool ${name} here.`));
          }
          ran.push(name);
          return Promise.resolve(ok(tool.data, "Here it is."));
        },
        preview: () => Promise.resolve(UNKNOWN),
      };
    },
  };
}
