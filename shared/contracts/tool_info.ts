// A tool as people are told of it: to name a call in words, and to make a form of its arguments.
import type { Json } from "./text.ts";
import type { ToolAccess, ToolCategory } from "./tool_result.ts";

export interface ToolInfo {
  name: string;
  title: string;
  category: ToolCategory;
  access: ToolAccess;
  /** As the model is told. */
  description: string;
  /** The JSON schema of its arguments. */
  parameters: { [key: string]: Json };
}
