// The project's tools, by name: read once for whoever is signed in, and again where that failed.
import type { ToolInfo } from "../../client/mod.ts";
import type { ConsoleData } from "./console_data.ts";

export type ToolWords = Pick<ToolInfo, "title" | "parameters">;

const read = new WeakMap<ConsoleData, Promise<ReadonlyMap<string, ToolWords>>>();

/** What the project says of its tools. One that is older than the console says nothing. */
export async function knownTools(data: ConsoleData): Promise<ReadonlyMap<string, ToolWords>> {
  const known = read.get(data) ??
    data.ask((client) => client.tools()).then((tools) => new Map(tools.map((tool) => [tool.name, tool])));
  read.set(data, known);
  try {
    return await known;
  } catch {
    read.delete(data);
    return new Map();
  }
}
