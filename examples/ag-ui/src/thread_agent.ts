// One thread's HttpAgent, as it comes from npm, and what else a page shows of its runs.
import { HttpAgent, type Interrupt, type Message, randomUUID, type ResumeEntry } from "@ag-ui/client";
import { AG_UI, client, fetchRun, sessionOf } from "./backend.ts";

export interface Subagent {
  name: string;
  state: "running" | "suspended" | "done" | "failed";
}

export interface ThreadState {
  messages: readonly Message[];
  running: boolean;
  interrupts: readonly Interrupt[];
  subagents: ReadonlyMap<string, Subagent>;
  /** Texts that were taken back while they were being written. */
  withdrawn: ReadonlySet<string>;
  /** Why the last run ended badly. */
  problem: string;
}

export type ThreadAgent = ReturnType<typeof createThreadAgent>;

export function createThreadAgent(thread_id: string) {
  let run_id: string | undefined;
  /** Read in place of starting a run. AG-UI has no words for coming back to one. */
  let followed: string | undefined;
  /** Another run is under way, started in another tab perhaps, so that a message was not taken. */
  let in_the_way = false;
  let state: ThreadState = {
    ...{ messages: [], running: false, interrupts: [], problem: "" },
    ...{ subagents: new Map(), withdrawn: new Set() },
  };
  const listeners = new Set<() => void>();
  const agent = new HttpAgent({
    url: AG_UI,
    threadId: thread_id,
    fetch: (url, init) =>
      followed === undefined
        ? fetchRun(url, init)
        : fetchRun(`${AG_UI}/runs/${followed}/events`, { signal: init.signal ?? null }),
  });

  let told: ReturnType<typeof setTimeout> | undefined;
  /** A page of a long text takes longer to draw than a word of it to come, so it is drawn now and then. */
  function change(changes: Partial<ThreadState>) {
    state = { ...state, ...changes };
    told ??= setTimeout(() => {
      told = undefined;
      for (const listener of listeners) listener();
    }, 40);
  }
  const changeSubagent = (id: string, subagent: Partial<Subagent>) => {
    const old = state.subagents.get(id) ?? { name: "", state: "running" };
    change({ subagents: new Map(state.subagents).set(id, { ...old, ...subagent }) });
  };

  agent.subscribe({
    onMessagesChanged: ({ messages }) => change({ messages: [...messages] }),
    onSubagentStartedEvent: ({ event }) =>
      changeSubagent(event.subagentRunId, { name: event.name ?? "", state: "running" }),
    onSubagentFinishedEvent: ({ event }) =>
      changeSubagent(event.subagentRunId, {
        state: event.outcome?.type === "suspended" ? "suspended" : "done",
      }),
    onSubagentErrorEvent: ({ event }) => changeSubagent(event.subagentRunId, { state: "failed" }),
    onCustomEvent: ({ event: { name, value } }) => {
      if (name === "agent.session") run_id = value.run_id;
      if (name !== "agent.text_withdrawn") return;
      change({ withdrawn: new Set(state.withdrawn).add(value.messageId) });
    },
    onRunErrorEvent: ({ event }) => {
      change({ problem: event.message });
      in_the_way = event.code === "conflict";
    },
    onRunFailed: ({ error }) => change({ problem: error.message }),
  });

  async function run(resume?: ResumeEntry[]) {
    change({ running: true });
    const forwardedProps = { time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
    await agent.runAgent({ forwardedProps, ...(resume && { resume }) }).catch(() => {});
    change({ running: false, interrupts: [...agent.pendingInterrupts] });
  }

  /** Shows what was said, and then the run that is under way. */
  async function open() {
    const session_id = await sessionOf(thread_id);
    if (session_id === undefined) return;
    const { messages } = await client.listMessages(session_id);
    agent.setMessages(
      messages.map(({ id, role, content }): Message =>
        role === "user" ? { id, role: "user", content } : { id, role: "assistant", content }
      ),
    );
    const [unfinished] = (await client.listRuns({ session_id, status: "unfinished" })).runs;
    if (unfinished === undefined) return;
    followed = run_id = unfinished.id;
    await run();
    followed = undefined;
  }

  return {
    open: () => open().catch((error: Error) => change({ problem: error.message })),
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    state: () => state,
    async send(text: string) {
      in_the_way = false;
      change({ problem: "" });
      agent.addMessage({ id: randomUUID(), role: "user", content: text });
      await run();
      if (in_the_way) await open();
    },
    answer(resume: ResumeEntry[]) {
      change({ problem: "" });
      return run(resume);
    },
    /** `agent.abortRun()` would only stop listening. */
    stop: () => run_id === undefined ? undefined : client.cancel(run_id),
  };
}
