// Asks the person at the terminal about a call that waits, and makes a decision of what they say.
import type { DecisionInput } from "../../client/mod.ts";
import type { Approval } from "../../shared/contracts/approval.ts";
import type { Open } from "../../shared/contracts/read_event.ts";
import { JsonObject } from "../../shared/contracts/text.ts";

/** Puts a question; null where there is nobody to answer. */
export type Ask = (question: string) => Promise<string | null>;

const NOBODY = "Nobody is at the terminal, so that nobody could be asked.";

/** What the person says of a call; `say` tells them what could not be understood. */
export async function decide(
  approval: Open<Approval>,
  ask: Ask,
  say: (line: string) => void,
): Promise<DecisionInput> {
  const { tool_call_id, arguments_sha256, remember } = approval;
  const decision = { tool_call_id, arguments_sha256 };
  const scopes = remember === undefined ? "" : ", s for this session, a for always";
  for (;;) {
    const answer = (await ask(`Do it? y or n (and why), e to edit${scopes}: `))?.trim();
    if (answer === undefined) {
      say("There is no terminal to ask at, so it is declined.");
      return { ...decision, approved: false, reason: NOBODY };
    }
    if (/^y(?:es)?$/i.test(answer)) return { ...decision, approved: true };
    if (remember !== undefined && /^[sa]$/i.test(answer)) {
      return { ...decision, approved: true, scope: /^s$/i.test(answer) ? "session" : "always" };
    }
    const no = /^no?(?:\b[\s,:;.]*(.*))?$/is.exec(answer);
    if (no) return { ...decision, approved: false, ...(no[1] && { reason: no[1] }) };
    if (/^e(?:dit)?$/i.test(answer)) {
      const edited = readArguments(
        await ask(`Its arguments, as JSON (${JSON.stringify(approval.arguments)}): `),
      );
      if (edited) return { ...decision, approved: true, arguments: edited };
      say("That is no JSON object.");
    } else say("Please answer with one of these letters, or with n and the reason.");
  }
}

function readArguments(text: string | null): JsonObject | undefined {
  try {
    return JsonObject.parse(JSON.parse(text ?? ""));
  } catch {
    return undefined;
  }
}
