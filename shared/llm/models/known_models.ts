// What is known of single models, by their exact ids.
import type { HostName } from "./hosts.ts";
import type { RowPart } from "./model_row.ts";

export interface KnownModel {
  /** Whose name for it this id is: where the host is none of the listed ones, it is taken for this one. */
  host: HostName;
  row: RowPart;
}

// DeepSeek's peak prices; off-peak is half of them, so an estimate never comes out too low.
const FLASH_PRICE = { input: 0.3, cached_input: 0.006, output: 1.2 };
const PRO_PRICE = { input: 1.32, cached_input: 0.044, output: 3.96 };

export const KNOWN_MODELS: Record<string, KnownModel> = {
  "deepseek-flash": { host: "deepseek", row: { price: FLASH_PRICE } },
  "deepseek-v4-pro": { host: "deepseek", row: { price: PRO_PRICE } },
  // OpenRouter reports what a call cost; this price serves only for streams that were cut before that.
  "deepseek/deepseek-v4.1-flash": {
    host: "openrouter",
    row: { price: { input: 0.3, cached_input: 0.3, output: 1.2 } },
  },
  "deepseek/deepseek-v4-pro": { host: "openrouter", row: {} },
  "deepseek/deepseek-v4-flash-0731": { host: "openrouter", row: {} },
  "deepseek/deepseek-v3.2": { host: "openrouter", row: {} },
};
