// The client of agent-planner: starts runs, reads their events over broken connections, cancels and lists them, and
// knows the user's conversations, tools and limits.
import { type ConversationRequests, createConversationRequests } from "./conversation_requests.ts";
import { createRequests, type RequestOptions } from "./requests.ts";
import { createRunRequests, type RunRequests } from "./run_requests.ts";
import { type AccountRequests, createAccountRequests } from "./account_requests.ts";

export interface AgentClientOptions extends RequestOptions {
  /** Makes the idempotency keys of starts that bring none. */
  new_key?: () => string;
}

export interface AgentClient extends RunRequests, ConversationRequests, AccountRequests {}

/** A client for one user. Every method fails with AgentClientError, or with the signal's reason when it aborts. */
export function createAgentClient(options: AgentClientOptions): AgentClient {
  const requests = createRequests(options);
  return {
    ...createRunRequests(requests, options.new_key ?? (() => crypto.randomUUID())),
    ...createConversationRequests(requests),
    ...createAccountRequests(requests),
  };
}
