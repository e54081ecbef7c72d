// A chat of a front end on the real stack, whose requests are counted.
import { type ChatStore, createChatStore } from "../../../client/chat_store.ts";
import type { ChatState } from "../../../client/chat_state.ts";
import { createAgentClient } from "../../../client/mod.ts";
import { testStack } from "./stack.ts";

export interface CountedFetch {
  fetch: typeof fetch;
  /** `POST /agent-planner/…`, in the order in which they were sent. */
  posts: { path: string; body: string }[];
  /** The next so many requests find no way. */
  lose(requests: number): void;
  /** Resolves once no request is without its end. */
  quiet(): Promise<void>;
}

/** `fetch` that knows which requests are under way, bodies included. */
export function countedFetch(): CountedFetch {
  let lost = 0;
  let open = 0;
  let waiting: (() => void)[] = [];
  const posts: CountedFetch["posts"] = [];
  const ended = () => {
    if (--open > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    posts,
    lose: (requests) => void (lost = requests),
    quiet: () => open === 0 ? Promise.resolve() : new Promise((resolve) => void waiting.push(resolve)),
    async fetch(input, init) {
      const request = new Request(input, init);
      if (request.method === "POST") {
        const path = new URL(request.url).pathname.replace("/functions/v1/agent-planner", "");
        posts.push({ path, body: await request.clone().text() });
      }
      if (lost > 0) {
        lost--;
        throw new TypeError("no route");
      }
      open++;
      try {
        const response = await fetch(request);
        if (!response.body) {
          ended();
          return response;
        }
        const body = response.body.pipeThrough(watched(ended));
        return new Response(body, response);
      } catch (error) {
        ended();
        throw error;
      }
    },
  };
}

/** Passes bytes on, and tells once of their end, whoever brings it about. */
function watched(end: () => void): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  let over = false;
  const once = () => {
    if (!over) end();
    over = true;
  };
  return new TransformStream({ flush: once, cancel: once });
}

/** A client of this user's over a counted `fetch`. */
export function countedClient({ token }: { token: string }, url = testStack().url) {
  const counted = countedFetch();
  const { publishable_key, schema } = testStack();
  const client = createAgentClient({ url, publishable_key, schema, token, fetch: counted.fetch });
  return { client, counted };
}

/** The chat of a page that was just opened; `until` waits for what it shows. */
export function openChat(
  client: ReturnType<typeof countedClient>["client"],
  session_id: string | null = null,
) {
  const store = createChatStore(client);
  const detach = store.attach();
  store.open(session_id);
  return { store, detach, until: (is: (state: ChatState) => boolean) => untilShown(store, is) };
}

/** Resolves with the first state that is so. */
export function untilShown(store: ChatStore, is: (state: ChatState) => boolean): Promise<ChatState> {
  return new Promise((resolve) => {
    const look = () => {
      if (!is(store.state())) return;
      leave();
      resolve(store.state());
    };
    const leave = store.subscribe(look);
    look();
  });
}
