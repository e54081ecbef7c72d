// A user's conversations for a client. They are read and changed where they are, as rows under the user's own rights.
import type { ChatMessage, ChatSession, SessionStatus } from "../shared/contracts/run_view.ts";
import { notSent } from "./client_error.ts";
import { queryText, type Requests, type RowQuery } from "./requests.ts";
import { type Guard, listOf, shaped } from "./shapes.ts";

export interface PageOptions {
  /** From 1 to 100; 50 if it is not given. */
  limit?: number;
  /** The `next_cursor` of the page before. */
  cursor?: string;
  signal?: AbortSignal;
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
  /** `not_found` where there is none, or it was deleted. */
  getSession(session_id: string): Promise<ChatSession>;
  /** Renames a session, puts it into the archive or takes it out. */
  updateSession(session_id: string, changes: SessionChanges): Promise<ChatSession>;
  /** Deletes what was said and done in a session. A `conflict` while a run of it has not ended: cancel that first. */
  deleteSession(session_id: string): Promise<void>;
  /** The latest messages of a session, and those before them page by page. */
  listMessages(session_id: string, page?: PageOptions): Promise<MessagePage>;
}

const isSession = shaped<ChatSession>("id status updated_at");
/** The answer of a function that gives nothing is empty. */
const isNothing: Guard<void> = (value) => value === undefined;
const isMessage = shaped<ChatMessage>("id role content seq#");

const NOT_DELETED = { deleted_at: "is.null" };

/** What there is of a session. */
function there<T>(found: T | false | undefined): T {
  if (found) return found;
  throw notSent("There is no such session.", { kind: "not_found", status: 404 });
}

/** What is no UUID is no session's: it is not asked for. */
const sessionId = (text: string): string => there(/^[\da-f-]{36}$/i.test(text) && text);

export function createConversationRequests({ rest }: Requests): ConversationRequests {
  const session = async (session_id: string, changes: Partial<SessionChanges> = {}) => {
    const query = { id: `eq.${sessionId(session_id)}`, ...NOT_DELETED };
    const body = JSON.stringify(changes);
    // PostgREST answers with no row where nothing is to be changed.
    const init = body === "{}" ? {} : { method: "PATCH", body };
    const [found] = await rest(`chat_sessions${queryText(query)}`, listOf(isSession), init);
    return there(found);
  };

  /** A page of rows, and its last one where more come behind it. */
  async function page<T>(
    table: string,
    guard: Guard<T>,
    { limit = 50, signal }: PageOptions,
    query: RowQuery,
  ) {
    if (!(limit >= 1 && limit <= 100)) throw notSent("limit must be from 1 to 100.");
    const path = table + queryText({ ...query, limit: limit + 1 });
    const found = await rest(path, listOf(guard), { signal });
    return { found: found.slice(0, limit), last: found.length > limit && found[limit - 1] };
  }

  return {
    async listSessions({ status, ...paging } = {}) {
      const { found, last } = await page("chat_sessions", isSession, paging, {
        ...NOT_DELETED,
        status: status && `eq.${status}`,
        or: paging.cursor && sessionsAfter(paging.cursor),
        order: "updated_at.desc,id.desc",
      });
      return { sessions: found, next_cursor: last ? `${last.updated_at} ${last.id}` : null };
    },
    getSession: (session_id) => session(session_id),
    updateSession: session,
    deleteSession: async (session_id) =>
      await rest("rpc/delete_session", isNothing, {
        method: "POST",
        body: JSON.stringify({ p_session_id: sessionId(session_id) }),
      }),
    async listMessages(session_id, paging = {}) {
      const { found, last } = await page("chat_messages", isMessage, paging, {
        session_id: `eq.${sessionId(session_id)}`,
        seq: paging.cursor && `lt.${paging.cursor}`,
        order: "seq.desc",
      });
      return { messages: found.reverse(), next_cursor: last ? String(last.seq) : null };
    },
  };
}

/** Those that were used before the last one of a page. */
function sessionsAfter(cursor: string): string {
  const [at, id] = cursor.split(" ");
  return `(updated_at.lt."${at}",and(updated_at.eq."${at}",id.lt.${id}))`;
}
