// Users with the tools of the tests' own domain.
import { test_domain } from "../support/domain/test_domain.ts";
import { newUser } from "../support/stack/stack.ts";
import { type ToolUser, toolUser } from "../support/tools/tool_user.ts";

export const newToolUser = async (): Promise<ToolUser> => toolUser(test_domain, await newUser());
