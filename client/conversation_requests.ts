// A user's conversations for a client. They are read and changed where they are, as rows under the user's own rights.
import type { ChatMessage, ChatSession, SessionStatus } from "../shared/contracts/run_view.ts";
import { AgentClientError, notSent } from "./client_error.ts";
import { listOf } from "./guards.ts";
import type { Requests, RowQuery } from "./requests.ts";
import { isChatMessage, isChatSession } from "./row_guards.ts";

export interface PageOptions {
  /** From 1 to 100; 50 if it is not given. */
  limit?: number;
  /** The `next_cursor` of the page before. */
  cursor?: string;
}

export interface ListSessionsOptions extends PageOptions {
  status?: SessionStatus;
}

export interface SessionPage {
  sessions: ChatSession[];
  /** Null on the last page. */
  next_cursor: string | null;
}

export interface MessagePage {
  /** In the order in which they were said. */
  messages: ChatMessage[];
  /** Leads to the messages before these; null where there are none. */
  next_cursor: string | null;
}

/** A title has 1 to 200 characters. */
export type SessionChanges =
  | { title: string; status?: SessionStatus }
  | { title?: string; status: SessionStatus };

export interface ConversationRequests {
  /** The user's sessions, the one last used first, page by page. */
  listSessions(filter?: ListSessionsOptions): Promise<SessionPage>;
  getSession(session_id: string): Promise<ChatSession>;
  /** Renames a session, puts it into the archive or takes it out. */
  updateSession(session_id: string, changes: SessionChanges): Promise<ChatSession>;
  /** The latest messages of a session, and those before them page by page. */
  listMessages(session_id: string, page?: PageOptions): Promise<MessagePage>;
}

export function createConversationRequests({ rows }: Requests): ConversationRequests {
  const sessions = (query: RowQuery, changes?: object) =>
    rows("chat_sessions", query, listOf(isChatSession), changes);

  return {
    async listSessions({ status, cursor, ...page } = {}) {
      const limit = sizeOf(page);
      const found = await sessions({
        status: status && `eq.${status}`,
        or: cursor && sessionsAfter(cursor),
        order: "updated_at.desc,id.desc",
        limit: limit + 1,
      });
      const last = found.length > limit && found[limit - 1];
      return {
        sessions: found.slice(0, limit),
        next_cursor: last ? `${last.updated_at} ${last.id}` : null,
      };
    },
    getSession: async (session_id) => only(await sessions({ id: `eq.${session_id}` })),
    updateSession: async (session_id, changes) => only(await sessions({ id: `eq.${session_id}` }, changes)),
    async listMessages(session_id, { cursor, ...page } = {}) {
      const limit = sizeOf(page);
      const query = {
        session_id: `eq.${session_id}`,
        seq: cursor && `lt.${cursor}`,
        order: "seq.desc",
        limit: limit + 1,
      };
      const found = await rows("chat_messages", query, listOf(isChatMessage));
      const first = found.length > limit && found[limit - 1];
      return {
        messages: found.slice(0, limit).reverse(),
        next_cursor: first ? String(first.seq) : null,
      };
    },
  };
}

function sizeOf({ limit = 50 }: PageOptions): number {
  if (limit >= 1 && limit <= 100) return limit;
  throw notSent("limit must be from 1 to 100.");
}

/** Those that were used before the last one of a page. */
function sessionsAfter(cursor: string): string {
  const [at, id] = cursor.split(" ");
  return `(updated_at.lt."${at}",and(updated_at.eq."${at}",id.lt.${id}))`;
}

function only(found: ChatSession[]): ChatSession {
  const [session] = found;
  if (session) return session;
  throw new AgentClientError("There is no such session.", {
    kind: "not_found",
    status: 404,
    retryable: false,
  });
}
