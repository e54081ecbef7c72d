// What is a person's to ask for, and no agent's. The database refuses agents whatever happens here: this keeps a tool
// that can send requests with the agents' client from having a function ask the database as a person.
import { AgentError } from "../contracts/errors.ts";
import type { Caller, TokenHeader } from "./auth.ts";

const OF_AGENTS = ["x-agent", "x-tool-call-id"];

type Authenticate = (request: Request, header?: TokenHeader) => Promise<Caller>;

/**
 * The person who sends a request, with their agents' token where they send it along. Errors: those of `authenticate`;
 * `forbidden` for a request that says that an agent sends it, or with a token of somebody else's agents.
 */
export async function authenticatePerson(request: Request, authenticate: Authenticate): Promise<Caller> {
  const { headers } = request;
  if (OF_AGENTS.some((name) => headers.has(name))) {
    throw new AgentError("forbidden", "Only a person can do this, and no agent for them.");
  }
  const person = await authenticate(request);
  if (!headers.has("x-agent-authorization")) return person;
  const agent = await authenticate(request, "x-agent-authorization");
  if (agent.user_id === person.user_id) return { ...person, agent_token: agent.token };
  throw new AgentError("forbidden", "The token in x-agent-authorization is another user's.");
}
