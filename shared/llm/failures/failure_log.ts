// The log entry of a failed model call: what an operator needs to act on it, and no key.
import type { Fault } from "./failure_kind.ts";
import { mendOf } from "./row_mends.ts";

const DETAIL = 1_000;
/** A shorter key guards nothing ("none", "ollama"), and its letters occur in ordinary words. */
const SECRET = 8;
/** Keys of upstream hosts, which gateways tell: OpenAI's form, which most hosts use. */
const KEYS =
  /\b(?:sk|rk|gsk|xai|pk|csk|fw|hf|nvapi)[-_][\w-]{16,}|\bAIza[\w-]{30,}|(?<=\bbearer )[\w.~+/-]{16,}/gi;

interface FailedCall {
  fault: Fault;
  model: string;
  generation_id: string | null;
}

/** The entry's fields, without the secrets; `mend` names the field of the model's row that a refused request wants changed. */
export function failureEntry(
  { fault, model, generation_id }: FailedCall,
  attempt: number,
  secrets: readonly string[],
): Record<string, unknown> {
  const { kind, status, detail } = fault;
  const mend = kind === "bad_request" ? mendOf(detail) : null;
  return {
    kind,
    ...(status === undefined ? {} : { status }),
    attempt,
    model,
    generation_id,
    detail: withoutKeys(detail, secrets).slice(0, DETAIL),
    ...(mend === null ? {} : { mend: `${mend.field}: ${mend.why}` }),
  };
}

/** A host's words without these secrets, and without what looks like the key of another host. */
export function withoutKeys(detail: string, secrets: readonly string[]): string {
  return secrets.filter(({ length }) => length >= SECRET)
    .reduce((text, secret) => withoutCut(text.replaceAll(secret, "[key]"), secret), detail)
    .replaceAll(KEYS, "[key]");
}

/** What is kept of long words may end in the middle of a key. */
function withoutCut(text: string, secret: string): string {
  for (let length = secret.length - 1; length >= SECRET; length -= 1) {
    if (text.endsWith(secret.slice(0, length))) return `${text.slice(0, -length)}[key]`;
  }
  return text;
}
