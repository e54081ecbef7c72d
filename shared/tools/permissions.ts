// Which tools a permission allows. Planners may read and write; executors may only read, whatever they ask for.
import type { Permission } from "../agents/ports.ts";
import { assertNever } from "../contracts/errors.ts";
import type { Tool } from "./define_tool.ts";

/** The tools of the catalogue that `permission` allows, in the catalogue's order. */
export function getToolsForAgent(catalogue: readonly Tool[], permission: Permission): readonly Tool[] {
  switch (permission) {
    case "read_only":
      return catalogue.filter((tool) => tool.access === "read");
    case "read_write":
      return catalogue;
    default:
      return assertNever(permission);
  }
}
