// One conversation as its page holds it: turns, what is under way, what was refused. It outlives no page, but what it
// asked for goes on without it.
import { AgentClientError, type ChatMessage, type ChatSession, type ReadEvent } from "../../client/mod.ts";
import { addEvent, emptyLiveRun, isUnfinished, type LiveRun } from "./live_run.ts";
import { answerOfRun, lastRun, openConversation, runStatus, storedEvents } from "./chat_data.ts";
import { type ConsoleData, sentenceOf } from "./console_data.ts";

/** Why a message was not taken. */
export interface Refused {
  sentence: string;
  /** When it may be sent again, by the page's clock. */
  retry_at: number;
}

export interface Turn {
  /** Of the message that began it: the key under which it is sent, however often. */
  key: string;
  run_id: string | null;
  user: { text: string; at: string } | null;
  sent: "sending" | "sent" | Refused;
  /** What its run's events add up to; null until they were read. */
  live: LiveRun | null;
  /** The assistant's message as it is stored; null while the run works. */
  answer: string | null;
  stopping: boolean;
  /** When the latest event came, by the page's clock. */
  news_at: number;
  /** Why its log can't be shown. */
  problem: string | null;
}

export interface ChatState {
  session: ChatSession | null;
  loading: boolean;
  /** Why there is nothing to show. */
  problem: string | null;
  turns: readonly Turn[];
  has_older: boolean;
  /** A message that is sent when the run that works has ended. */
  held: string | null;
  /** A text that goes back into the message box, and why. */
  returned: { text: string; why: string } | null;
}

export interface About {
  context_type?: string;
  entity_id?: string;
}

export interface Chat {
  readonly state: ChatState;
  /** Called at most once a frame. */
  subscribe(changed: () => void): () => void;
  load(): Promise<void>;
  loadOlder(): Promise<void>;
  send(text: string): void;
  retry(key: string): void;
  /** Takes a message that was not taken out again, back into the box. */
  takeBack(key: string): void;
  releaseHeld(): void;
  returnedTaken(): void;
  stop(): void;
  /** Reads the log of a turn whose run has ended. */
  show(key: string): void;
  leave(): void;
}

export interface ChatOptions {
  about: About;
  /** Called once a new conversation has an id. */
  begun: (session_id: string) => void;
  now: () => number;
  /** Runs it before the next paint. */
  soon: (paint: () => void) => void;
}

/** How often a run that waits for a person is looked at: somebody may decide elsewhere. */
const LOOK_MS = 4_000;

export function createChat(data: ConsoleData, id: string | null, options: ChatOptions): Chat {
  const { now, soon } = options;
  const listeners = new Set<() => void>();
  const left = new AbortController();
  const asked = new Set<string>();
  let session_id = id;
  let older: string | null = null;
  let painting = false;
  let state: ChatState = {
    ...{ session: null, loading: id !== null, problem: null, turns: [] },
    ...{ has_older: false, held: null, returned: null },
  };

  function set(change: Partial<ChatState>) {
    state = { ...state, ...change };
    if (painting) return;
    painting = true;
    soon(() => {
      painting = false;
      for (const changed of listeners) changed();
    });
  }

  const turnOf = (key: string) => state.turns.find((turn) => turn.key === key);
  const setTurn = (key: string, change: Partial<Turn>) =>
    set({ turns: state.turns.map((turn) => turn.key === key ? { ...turn, ...change } : turn) });
  const working = () => state.turns.find((turn) => turn.live && isUnfinished(turn.live.state));
  const underWay = () => working() ?? state.turns.find(({ sent }) => sent === "sending");

  function add(key: string, event: ReadEvent) {
    const before = turnOf(key)?.live ?? emptyLiveRun(event.run_id);
    setTurn(key, { live: addEvent(before, event), news_at: now() });
    if (event.type === "session" && session_id === null) begin(event.session_id);
  }

  function begin(new_id: string) {
    session_id = new_id;
    options.begun(new_id);
    void nameSession();
  }

  async function nameSession() {
    if (session_id === null) return;
    const known = session_id;
    set({ session: await data.ask((client) => client.getSession(known)) });
    data.tell({ type: "sessions" });
  }

  /** Reads events to the end of the run, over pauses for a person. `events`: the stream that came with the start. */
  async function follow(key: string, run_id: string, events?: AsyncIterable<ReadEvent>) {
    try {
      for (let own = events;; own = undefined) {
        const last = turnOf(key)?.live?.last_seq ?? 0;
        for await (const event of own ?? data.follow(run_id, last, left.signal)) add(key, event);
        const live = turnOf(key)?.live;
        if (!live || !isUnfinished(live.state)) break;
        if (live.state.status === "awaiting_approval") await decided(run_id);
      }
      await ended(key, run_id);
    } catch (error) {
      if (left.signal.aborted) return;
      const signed_out = error instanceof AgentClientError && error.kind === "unauthenticated";
      if (events && signed_out) return await follow(key, run_id);
      setTurn(key, { problem: sentenceOf(error) });
    }
  }

  /** Resolves when the run no longer waits: a decision was made here, or one is found. */
  async function decided(run_id: string): Promise<void> {
    data.tell({ type: "sessions" });
    while (await waits(run_id)) {
      left.signal.throwIfAborted();
      await news(run_id);
    }
  }

  const waits = async (run_id: string) => await runStatus(data, run_id) === "awaiting_approval";

  function news(run_id: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => document.visibilityState === "visible" && resolve();
    const timer = setInterval(look, LOOK_MS);
    const deaf = data.hear((told) => told.type === "decided" && told.run_id === run_id && resolve());
    const abort = () => resolve();
    left.signal.addEventListener("abort", abort);
    return promise.finally(() => {
      clearInterval(timer);
      deaf();
      left.signal.removeEventListener("abort", abort);
    });
  }

  async function ended(key: string, run_id: string) {
    const answer = await answerOfRun(data, run_id).catch(() => null);
    setTurn(key, { answer, stopping: false });
    data.tell({ type: "sessions" });
    const { held } = state;
    if (held === null) return;
    set({ held: null });
    send(held);
  }

  function send(text: string) {
    if (working()?.live?.state.status === "running") return set({ held: text, returned: null });
    const key = crypto.randomUUID();
    const user = { text, at: new Date().toISOString() };
    set({
      turns: [...state.turns, { ...newTurn(key), user, sent: "sending", news_at: now() }],
      returned: null,
    });
    void start(key, text);
  }

  async function start(key: string, message: string) {
    const body = {
      ...{ message, request_key: key, ...(session_id === null ? options.about : { session_id }) },
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
    try {
      const run = await data.ask((client) => client.startRun(body));
      if (left.signal.aborted) return;
      const { run_id } = run;
      setTurn(key, { run_id, sent: "sent", live: emptyLiveRun(run_id), news_at: now() });
      if (turnOf(key)?.stopping) cancel(key, run_id);
      await follow(key, run_id, run.events({ signal: left.signal }));
    } catch (error) {
      if (left.signal.aborted) return;
      if (!(await joined(key, message, error))) {
        setTurn(key, { sent: refusedBy(error, now()), stopping: false });
      }
    }
  }

  function cancel(key: string, run_id: string) {
    data.ask((client) => client.cancel(run_id)).catch((error) => {
      setTurn(key, { stopping: false, problem: sentenceOf(error) });
    });
  }

  /** Another run is under way, such as one of another tab: it is shown, and the message goes back into the box. */
  async function joined(key: string, text: string, error: unknown): Promise<boolean> {
    const conflict = error instanceof AgentClientError && error.kind === "conflict" && error.run_id;
    if (!conflict || session_id === null) return false;
    const why = "Another run is under way in this conversation. It is shown here; your message is kept.";
    set({ turns: state.turns.filter((turn) => turn.key !== key), returned: { text, why } });
    await load();
    return true;
  }

  async function load() {
    if (session_id === null) return;
    try {
      const [page, last] = await Promise.all([
        openConversation(data, session_id),
        lastRun(data, session_id),
      ]);
      older = page.older;
      const turns = turnsOf(page.messages, state.turns);
      set({ session: page.session, loading: false, turns, has_older: older !== null });
      const turn = last && turns.find((one) => one.run_id === last.id);
      if (!turn || asked.has(turn.key)) return;
      if (last.status === "running" || last.status === "awaiting_approval") {
        asked.add(turn.key);
        void follow(turn.key, last.id);
      }
    } catch (error) {
      const gone = error instanceof AgentClientError && error.kind === "not_found";
      set({ loading: false, problem: gone ? "There is no such conversation." : sentenceOf(error) });
    }
  }

  return {
    get state() {
      return state;
    },
    subscribe(changed) {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    ...{ load, send },
    async loadOlder() {
      if (session_id === null || older === null) return;
      const [known, cursor] = [session_id, older];
      older = null;
      try {
        const page = await data.ask((client) => client.listMessages(known, { cursor }));
        older = page.next_cursor;
        set({ turns: turnsOf(page.messages, state.turns), has_older: older !== null });
      } catch {
        // They are asked for again at the next scroll.
        older = cursor;
      }
    },
    retry(key) {
      const text = turnOf(key)?.user?.text;
      if (text === undefined) return;
      setTurn(key, { sent: "sending", news_at: now() });
      void start(key, text);
    },
    takeBack(key) {
      const text = turnOf(key)?.user?.text ?? "";
      set({ turns: state.turns.filter((turn) => turn.key !== key), returned: { text, why: "" } });
    },
    releaseHeld: () => set({ held: null, returned: { text: state.held ?? "", why: "" } }),
    returnedTaken: () => set({ returned: null }),
    stop() {
      const turn = underWay();
      if (!turn || turn.stopping) return;
      setTurn(turn.key, { stopping: true });
      // While it is being sent its run has no name: it is cancelled as soon as it has.
      if (turn.run_id) cancel(turn.key, turn.run_id);
    },
    async show(key) {
      const turn = turnOf(key);
      if (!turn?.run_id || turn.live || asked.has(key)) return;
      asked.add(key);
      try {
        const events = await storedEvents(data, turn.run_id);
        setTurn(key, { live: events.reduce(addEvent, emptyLiveRun(turn.run_id)) });
      } catch (error) {
        setTurn(key, { problem: sentenceOf(error) });
      }
    },
    leave: () => left.abort(),
  };
}

function newTurn(key: string): Turn {
  return {
    ...{ key, run_id: null, user: null, sent: "sent", live: null, answer: null },
    ...{ stopping: false, news_at: 0, problem: null },
  };
}

function refusedBy(error: unknown, now: number): Refused {
  const wait_s = error instanceof AgentClientError ? error.retry_after_s ?? 0 : 0;
  return { sentence: sentenceOf(error), retry_at: now + wait_s * 1000 };
}

/** Turns with these messages among them, in their order; those that are known keep what is known of them. */
function turnsOf(messages: readonly ChatMessage[], known: readonly Turn[]): Turn[] {
  const by_run = new Map(known.flatMap((turn) => turn.run_id ? [[turn.run_id, turn]] : []));
  const found = new Map<string, Turn>();
  for (const { id, role, content, run_id, created_at } of messages) {
    const key = run_id ?? id;
    const before = found.get(key) ?? by_run.get(key) ?? { ...newTurn(key), run_id };
    const said = role === "user" ? { user: { text: content, at: created_at } } : { answer: content };
    found.set(key, { ...before, ...said });
  }
  const merged = [...known, ...[...found].filter(([key]) => !by_run.has(key)).map(([, turn]) => turn)]
    .map((turn) => found.get(turn.run_id ?? "") ?? turn);
  return merged.map((turn, at) => ({ turn, at: turn.user ? Date.parse(turn.user.at) : 0, order: at }))
    .sort((a, b) => a.at - b.at || a.order - b.order).map(({ turn }) => turn);
}
