// What is known of each model, as data: its row is laid together from what every plain OpenAI-compatible host takes,
// what its host differs in, what is known of the model itself, and what LLM_MODEL_TABLE says.
import type { HostName } from "./models/hosts.ts";
import { familyOf } from "./models/families.ts";
import type { Family } from "./models/families.ts";
import { hostOfId, HOSTS } from "./models/hosts.ts";
import { KNOWN_MODELS } from "./models/known_models.ts";
import { mergeJson } from "./models/merge_json.ts";
import type { ModelRow, ModelRowOverride, RowPart } from "./models/model_row.ts";
import { thinkOf } from "./models/think_switch.ts";

export type { ModelPrice, ModelRow, ModelRowOverride } from "./models/model_row.ts";
export type { HostName } from "./models/hosts.ts";

const DEFAULTS: Omit<ModelRow, "id"> = {
  token_limit_field: "max_tokens",
  stream_usage: true,
  extra_body: {},
  extra_headers: {},
  think: "none",
  think_for: [],
  echo: [],
  tool_choice_none: false,
  content_beside_calls: "",
  alternate_roles: false,
  call_ids: "free",
  tool_schemas: "json_schema",
  strict_tools: false,
  user_fields: ["user"],
  price: null,
};

/** An endpoint of which nothing is known may be somebody's own server, with the strictest of templates. */
const UNLISTED: RowPart = { alternate_roles: true };

/** A part of a row, and what says it: `host openrouter`, `family Claude`, `id`. */
interface KnownPart {
  from: string;
  part: RowPart;
}

/** What is known of a model at a host, what is more particular later. */
export function knownParts(id: string, host: HostName | null = null): KnownPart[] {
  const at = host ?? hostOfId(id);
  const family = familyOf(id);
  const known = Object.hasOwn(KNOWN_MODELS, id) ? KNOWN_MODELS[id] : undefined;
  return [
    at ? { from: `host ${at}`, part: HOSTS[at].row } : { from: "unlisted host", part: UNLISTED },
    ...(family ? [{ from: `family ${family.name}`, part: familyPart(family, at) }] : []),
    ...(known ? [{ from: "id", part: known }] : []),
  ];
}

function familyPart(family: Family, at: HostName | null): RowPart {
  const think = thinkOf(family, at ? HOSTS[at].says : undefined);
  return { ...family.row, think, ...(at ? family.at?.[at] : {}) };
}

/** The row of a model at a host, with the overrides that name it applied in order. */
export function modelRow(
  id: string,
  overrides: readonly ModelRowOverride[],
  host: HostName | null = null,
): ModelRow {
  const parts: RowPart[] = [
    ...knownParts(id, host).map(({ part }) => part),
    ...overrides.filter((row) => row.id === id),
  ];
  return parts.reduce<ModelRow>(laidOver, { ...DEFAULTS, id });
}

/** What is added to the body and to the headers adds up; every other field stands in place of what was there. */
function laidOver(row: ModelRow, part: RowPart): ModelRow {
  return {
    ...row,
    ...part,
    extra_body: mergeJson(row.extra_body, part.extra_body ?? {}),
    extra_headers: { ...row.extra_headers, ...part.extra_headers },
  };
}
