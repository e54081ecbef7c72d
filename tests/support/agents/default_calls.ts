// How each kind of work calls its model where the environment sets nothing.
import { modelCalls } from "../../../shared/agents/limits.ts";
import { PromptWindows } from "../../../shared/contracts/prompt_windows.ts";

export const CALLS = modelCalls(PromptWindows.parse({}));
