// Who may ask for what only a person may, and whose agents go along.
import assert from "node:assert/strict";
import type { Caller, TokenHeader } from "../../shared/http/auth.ts";
import { authenticatePerson } from "../../shared/http/person.ts";

/** Tokens name their users here. */
function authenticate({ headers }: Request, name: TokenHeader = "authorization"): Promise<Caller> {
  const token = headers.get(name)?.replace("Bearer ", "") ?? "";
  return Promise.resolve({ user_id: token.replace(/-.*/, ""), token });
}

const person = (headers: Record<string, string>) =>
  authenticatePerson(
    new Request("http://planner.test", { headers: { authorization: "Bearer ann-1", ...headers } }),
    authenticate,
  );

Deno.test("a person comes alone, or with a token of their agents", async () => {
  assert.deepEqual(await person({}), { user_id: "ann", token: "ann-1" });
  assert.deepEqual(await person({ "x-agent-authorization": "Bearer ann-2" }), {
    ...{ user_id: "ann", token: "ann-1", agent_token: "ann-2" },
  });
});

Deno.test("an agent's request is refused, and so is a token of somebody else's agents", async () => {
  const refused: Record<string, string>[] = [
    { "x-agent": "1" },
    { "x-tool-call-id": crypto.randomUUID() },
    { "x-agent-authorization": "Bearer bob-2" },
  ];
  for (const headers of refused) await assert.rejects(person(headers), { kind: "forbidden" });
});
