// What is known of each model, as data. A model that is not listed here gets DEFAULT_ROW, which suits any
// plain OpenAI-compatible host; LLM_MODEL_TABLE adds rows and changes fields of these.
// The facts are from DeepSeek's and OpenRouter's documentation and their users' reports, as of November 2026.
import { z } from "zod";

/** In US dollars per million tokens. */
const Price = z.strictObject({
  input: z.number().min(0),
  cached_input: z.number().min(0),
  output: z.number().min(0),
});

export const ModelRow = z.strictObject({
  id: z.string().min(1),
  /** How thinking is switched: DeepSeek's `thinking`, OpenRouter's `reasoning`, or not at all. */
  thinking: z.enum(["deepseek", "openrouter", "none"]),
  /** The profiles it thinks for. Thinking is paid as output and eats the output limit: off unless listed. */
  think_for: z.array(z.enum(["balanced", "speed"])),
  /** The field in which an assistant message carries its reasoning back to the host. */
  echo_reasoning: z.enum(["reasoning_content", "reasoning", "none"]),
  /** What `response_format` the host takes. No request asks for one so far: plans and results are tool calls. */
  json_mode: z.enum(["schema", "object", "none"]),
  /** Sends `strict: true` with every tool; the host then refuses schemas it can't enforce. */
  strict_tools: z.boolean(),
  max_tokens_field: z.enum(["max_tokens", "max_completion_tokens"]),
  /** The fields that carry the end user's pseudonym. */
  user_fields: z.array(z.enum(["user", "user_id"])),
  /** `require_parameters` keeps OpenRouter from hosts that would silently drop the tools. */
  routing: z.enum(["require_parameters", "none"]),
  price: Price.nullable(),
});
export type ModelRow = z.infer<typeof ModelRow>;
export type ModelPrice = z.infer<typeof Price>;

const DEFAULTS: Omit<ModelRow, "id"> = {
  thinking: "none",
  think_for: [],
  echo_reasoning: "none",
  json_mode: "none",
  strict_tools: false,
  max_tokens_field: "max_tokens",
  user_fields: ["user"],
  routing: "none",
  price: null,
};

const DEEPSEEK: Omit<ModelRow, "id"> = {
  ...DEFAULTS,
  thinking: "deepseek",
  echo_reasoning: "reasoning_content",
  json_mode: "object",
  user_fields: ["user", "user_id"],
};

const OPENROUTER: Omit<ModelRow, "id"> = {
  ...DEFAULTS,
  thinking: "openrouter",
  echo_reasoning: "reasoning",
  json_mode: "object",
  routing: "require_parameters",
};

// DeepSeek's peak prices; off-peak is half of them, so an estimate never comes out too low.
const FLASH_PRICE = { input: 0.3, cached_input: 0.006, output: 1.2 };
const PRO_PRICE = { input: 1.32, cached_input: 0.044, output: 3.96 };

const ROWS: readonly ModelRow[] = [
  { ...DEEPSEEK, id: "deepseek-flash", price: FLASH_PRICE },
  { ...DEEPSEEK, id: "deepseek-v4-pro", price: PRO_PRICE },
  // OpenRouter reports what a call cost; these prices serve only for streams that were cut before that.
  {
    ...OPENROUTER,
    id: "deepseek/deepseek-v4.1-flash",
    price: { input: 0.3, cached_input: 0.3, output: 1.2 },
  },
  { ...OPENROUTER, id: "deepseek/deepseek-v4-pro" },
  { ...OPENROUTER, id: "deepseek/deepseek-v4-flash-0731" },
  { ...OPENROUTER, id: "deepseek/deepseek-v3.2" },
];

/** A row from the environment: the model's id and the fields that differ. */
export const ModelRowOverride = ModelRow.partial().required({ id: true });
export type ModelRowOverride = z.infer<typeof ModelRowOverride>;

/** Prices from the environment, by the model's id. Cached input costs as much as other input unless told otherwise. */
export const ModelPrices = z.record(
  z.string().min(1),
  Price.partial({ cached_input: true }).transform(({ input, cached_input = input, output }) => ({
    input,
    cached_input,
    output,
  })),
);

/** The row of a model, with the overrides that name it applied in order. */
export function modelRow(id: string, overrides: readonly ModelRowOverride[]): ModelRow {
  const known = ROWS.find((row) => row.id === id) ?? { ...DEFAULTS, id };
  return overrides.filter((row) => row.id === id).reduce<ModelRow>(
    (row, change) => ({ ...row, ...change }),
    known,
  );
}
