// How the pages ask the project: through the client, or for rows under the user's own rights. Each page's requests
// stand in a file of its own beside this one.
import { PostgrestClient } from "@supabase/postgrest-js";
import { type AgentClient, AgentClientError, createAgentClient, type ReadEvent } from "../../client/mod.ts";
import { type Guard, listOf } from "./guards.ts";
import { type Line, watchedLine } from "./line.ts";
import type { Project } from "./project.ts";
import type { Session, User } from "./session.ts";

type Rest = ReturnType<typeof createRest>;
type Answer = {
  data: unknown;
  error: { message: string } | null;
  status: number;
};

/** What one part of the console tells the others: conversations have changed; a run that waited was decided on. */
export type News = { type: "sessions" } | { type: "decided"; run_id: string };

export interface ConsoleData {
  user: User;
  project: Project;
  /** Asks through the client. */
  ask<T>(request: (client: AgentClient) => Promise<T>): Promise<T>;
  /** Rows by PostgREST; each must be what `guard` says. */
  rows<T>(
    query: (rest: Rest) => PromiseLike<Answer>,
    guard: Guard<T>,
  ): Promise<T[]>;
  /** A run's events after `after`, over broken connections and an expired session. */
  follow(
    run_id: string,
    after: number,
    signal: AbortSignal,
  ): AsyncGenerator<ReadEvent>;
  /** Whether the project answers. */
  line: Line;
  tell(news: News): void;
  /** Gives what ends it. */
  hear(listener: (news: News) => void): () => void;
}

export function createConsoleData(
  session: Session,
  user: User,
  project: Project,
): ConsoleData {
  const url = project.url.replace(/\/$/, "");
  const { publishable_key, schema } = project;
  const line = watchedLine((input, init) => fetch(input, init), () => performance.now());
  const listeners = new Set<(news: News) => void>();
  const client = createAgentClient({
    ...{ url, publishable_key, schema, fetch: line.fetch },
    token: () => session.token(),
  });
  const rest = createRest(session, project, line);

  return {
    ...{ user, project, line },
    tell: (news) => listeners.forEach((listener) => listener(news)),
    hear(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ask: (request) => session.patiently(() => request(client)),
    rows: (query, guard) =>
      session.patiently(async () => {
        await session.token();
        const { data, error, status } = await query(rest);
        if (error) throw refusal(error.message, status);
        if (listOf(guard)(data)) return data;
        throw refusal("The project answered with rows of another shape.", 200);
      }),
    async *follow(run_id, after, signal) {
      let last = after;
      let events: AsyncIterator<ReadEvent> | undefined;
      const next = async () => {
        events ??= client.events(run_id, { after: last, signal })
          [Symbol.asyncIterator]();
        try {
          return await events.next();
        } catch (error) {
          events = undefined;
          throw error;
        }
      };
      for (;;) {
        const read = await session.patiently(next);
        if (read.done) return;
        last = read.value.seq;
        yield read.value;
      }
    },
  };
}

/** Rows of the schema that the agents' tables are in. */
function createRest(session: Session, { url, publishable_key, schema }: Project, line: Line) {
  return new PostgrestClient(`${url.replace(/\/$/, "")}/rest/v1`, {
    schema,
    headers: { apikey: publishable_key },
    async fetch(input, init) {
      const headers = new Headers(init?.headers);
      headers.set("authorization", `Bearer ${await session.token()}`);
      return await line.fetch(input, { ...init, headers });
    },
  });
}

function refusal(message: string, status: number): AgentClientError {
  const kind = status === 401 ? "unauthenticated" : status === 0 ? "connection" : "internal";
  return new AgentClientError(
    status === 0 ? "The project does not answer." : message,
    {
      ...{ kind, status, retryable: status === 0 || status >= 500 },
    },
  );
}

/** What went wrong, for people. */
export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
