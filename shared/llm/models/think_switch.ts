// How a model is told whether to think: the host's way of saying it, for what the model can do.
import type { JsonObject } from "../../contracts/text.ts";
import type { Family } from "./families.ts";
import type { Host, LevelField } from "./hosts.ts";
import type { ThinkSwitch } from "./model_row.ts";

type Fragments = Record<"on" | "off", JsonObject>;

/** What the words of a row stand for: fragments of the body. */
const WORDS: Record<Extract<ThinkSwitch, string>, Fragments> = {
  none: { on: {}, off: {} },
  thinking: { on: { thinking: { type: "enabled" } }, off: { thinking: { type: "disabled" } } },
  reasoning: { on: { reasoning: { enabled: true } }, off: { reasoning: { enabled: false } } },
  reasoning_effort: { on: { reasoning_effort: "medium" }, off: { reasoning_effort: "none" } },
  chat_template_kwargs: {
    on: { chat_template_kwargs: { enable_thinking: true } },
    off: { chat_template_kwargs: { enable_thinking: false } },
  },
  enable_thinking: { on: { enable_thinking: true }, off: { enable_thinking: false } },
};

/** A level of effort, where hosts take it. */
const LEVEL: Record<LevelField, (effort: string) => JsonObject> = {
  none: () => ({}),
  reasoning_effort: (effort) => ({ reasoning_effort: effort }),
  reasoning: (effort) => ({ reasoning: { effort } }),
  chat_template_kwargs: (effort) => ({ chat_template_kwargs: { reasoning_effort: effort } }),
};

/** The fragments of the body that a row's `think` stands for. */
export function thinkFragments(think: ThinkSwitch): Fragments {
  return typeof think === "string" ? WORDS[think] : think;
}

/** The `think` of a row for a family at a host. A host that is not known takes levels as OpenAI does, or nothing. */
export function thinkOf(
  { thinks, template_switch }: Family,
  says: Host["says"] = { switch: "none", level: "reasoning_effort" },
): ThinkSwitch {
  if (thinks === "fixed") return "none";
  if (thinks !== "switch") return { on: LEVEL[says.level](thinks.on), off: LEVEL[says.level](thinks.off) };
  if (says.switch !== "chat_template_kwargs" || template_switch === undefined) return says.switch;
  const kwargs = (value: boolean) => ({ chat_template_kwargs: { [template_switch]: value } });
  return { on: kwargs(true), off: kwargs(false) };
}
