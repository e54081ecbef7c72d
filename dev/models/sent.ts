// What would be sent for a call: caught where the SDK hands it to the network, so it is what is sent.
import { z } from "zod";
import type { ModelProfile } from "../../shared/contracts/model.ts";
import type { ModelRow } from "../../shared/llm/model_table.ts";
import { requestOf } from "./calls.ts";
import { type Line, listen } from "./listen.ts";

const Body = z.record(z.string(), z.unknown());

export interface Sent {
  url: string;
  /** Without the key, and without what the SDK says of itself. */
  headers: [string, string][];
  body: z.infer<typeof Body>;
}

/** The request of a run's last turn, which has everything that a request may have. */
export async function sentFor(
  row: ModelRow,
  profile: ModelProfile,
  line: Omit<Line, "fetch">,
): Promise<Sent> {
  const caught: Sent[] = [];
  const request = requestOf("result", profile, null);
  await listen(request, row, {
    ...line,
    fetch: async (input, init) => {
      const { url, headers, ...asked } = new Request(input, init);
      caught.push({
        url,
        headers: [...headers].filter(([name]) => !/^(x-stainless-|user-agent$)/.test(name)).map(hidden),
        body: Body.parse(await new Request(url, { ...asked, ...init }).json()),
      });
      throw new TypeError("Nothing is sent");
    },
  });
  const [sent] = caught;
  if (!sent) throw new Error(`Cannot show what is sent for ${row.id}: nothing was`);
  return sent;
}

function hidden([name, value]: [string, string]): [string, string] {
  if (name === "authorization") return [name, "Bearer (LLM_API_KEY)"];
  return isSecret(name) ? [name, "(hidden)"] : [name, value];
}

/** Whether a header of this name may hold a key, such as Azure's api-key. */
export function isSecret(header: string): boolean {
  return /key|token|auth|secret|cookie/i.test(header);
}

/** The fields that one body has and the other one has not, or has otherwise. */
export function differences(one: Sent["body"], other: Sent["body"]): Sent["body"] {
  return Object.fromEntries(
    Object.entries(other).filter(([field, value]) => JSON.stringify(value) !== JSON.stringify(one[field])),
  );
}
