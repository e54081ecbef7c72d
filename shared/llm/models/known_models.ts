// What is known of single models, by their exact ids.
import type { RowPart } from "./model_row.ts";

// DeepSeek's peak prices (api-docs.deepseek.com/quick_start/pricing); off-peak is half of them, so an estimate never
// comes out too low.
const FLASH_PRICE = { input: 0.3, cached_input: 0.006, output: 1.2 };
const PRO_PRICE = { input: 1.32, cached_input: 0.044, output: 3.96 };

export const KNOWN_MODELS: Record<string, RowPart> = {
  "deepseek-flash": { price: FLASH_PRICE },
  "deepseek-v4-pro": { price: PRO_PRICE },
  // gptme/gptme#3799. OpenRouter reports what a call cost; this serves only for streams that were cut before that.
  "deepseek/deepseek-v4.1-flash": { price: { input: 0.3, cached_input: 0.3, output: 1.2 } },
};
