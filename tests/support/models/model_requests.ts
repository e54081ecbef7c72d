// What the model was asked, in a form in which two runs of the same script were asked the same.
import type { ModelRequestBody } from "./model_script.ts";
import { withoutNames } from "../rows/without_names.ts";

/** The requests without ids and times, in an order that does not depend on which of two steps was faster. */
export function comparable(requests: readonly ModelRequestBody[]): unknown[] {
  // The user's pseudonym is another one in every test.
  const texts = requests.map(({ user: _, ...request }) => JSON.stringify(request));
  const now = Date.now();
  const order = (text: string) => withoutNames(text, now);
  const sorted = texts.toSorted((a, b) => order(a) < order(b) ? -1 : 1);
  return JSON.parse(withoutNames(`[${sorted.join()}]`, now));
}
